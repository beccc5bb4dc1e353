package io.hindspan.sample.api;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;

import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

@Service
class TaskService {

	private final CreateTaskUseCase createTask;

	private final NotificationQueue notifications;

	private final ProjectStatistics statistics;

	private final DuplicateSearch duplicates;

	private final TaskRepository tasks;

	private final ProjectRepository projects;

	private final TaskListCache taskLists;

	private final TransactionOperations transactions;

	private final ExecutorService backgroundExecutor;

	TaskService(CreateTaskUseCase createTask, NotificationQueue notifications, ProjectStatistics statistics,
			DuplicateSearch duplicates, TaskRepository tasks, ProjectRepository projects, TaskListCache taskLists,
			TransactionOperations transactions, ExecutorService backgroundExecutor) {
		this.createTask = createTask;
		this.notifications = notifications;
		this.statistics = statistics;
		this.duplicates = duplicates;
		this.tasks = tasks;
		this.projects = projects;
		this.taskLists = taskLists;
		this.transactions = transactions;
		this.backgroundExecutor = backgroundExecutor;
	}

	public TaskView create(CreateTask command, String user) {
		Task task = this.createTask.execute(command, user);
		this.backgroundExecutor.execute(() -> this.duplicates.search(task));
		this.statistics.refresh(task.getProjectId());
		this.notifications.enqueue(task);
		return TaskView.of(task);
	}

	public ImportResult createAll(List<CreateTask> commands, String user) {
		List<CompletableFuture<Task>> imports = commands.stream()
			.map((command) -> CompletableFuture.supplyAsync(() -> this.createTask.execute(command, user),
					this.backgroundExecutor))
			.toList();
		List<String> failures = new ArrayList<>();
		for (CompletableFuture<Task> oneImport : imports) {
			try {
				oneImport.join();
			}
			catch (CompletionException ex) {
				failures.add(String.valueOf(ex.getCause().getMessage()));
			}
		}
		return new ImportResult(imports.size() - failures.size(), failures);
	}

	public TaskView get(UUID id) {
		return TaskView.of(find(id));
	}

	public List<TaskView> list(long projectId) {
		return this.taskLists.get(projectId,
				() -> this.tasks.findByProjectIdOrderByCreatedAt(projectId).stream().map(TaskView::of).toList());
	}

	public TaskView update(UUID id, UpdateTask command) {
		Task updated = this.transactions.execute((status) -> {
			Task task = find(id);
			task.update(command);
			return task;
		});
		this.taskLists.evict(updated.getProjectId());
		return TaskView.of(updated);
	}

	public void delete(UUID id) {
		Task deleted = this.transactions.execute((status) -> {
			Task task = find(id);
			this.tasks.delete(task);
			this.projects.changeTaskCount(task.getProjectId(), -1);
			return task;
		});
		this.taskLists.evict(deleted.getProjectId());
	}

	public long countSlowly() {
		return this.tasks.countSlowly();
	}

	private Task find(UUID id) {
		return this.tasks.findById(id).orElseThrow(() -> new NotFoundException("task", id));
	}

}
