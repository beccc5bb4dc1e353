package io.hindspan.sample.api;

import java.time.Clock;

import io.micrometer.observation.annotation.ObservationKeyValue;
import io.micrometer.observation.annotation.Observed;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

import io.hindspan.CurrentSpan;

@Service
class CreateTaskUseCase {

	private final TaskValidator validator;

	private final TaskRepository tasks;

	private final ProjectRepository projects;

	private final TaskListCache taskLists;

	private final TransactionOperations transactions;

	private final Clock clock;

	CreateTaskUseCase(TaskValidator validator, TaskRepository tasks, ProjectRepository projects,
			TaskListCache taskLists, TransactionOperations transactions, Clock clock) {
		this.validator = validator;
		this.tasks = tasks;
		this.projects = projects;
		this.taskLists = taskLists;
		this.transactions = transactions;
		this.clock = clock;
	}

	@Observed(name = "task.create", contextualName = "CreateTaskUseCase.execute")
	public Task execute(@ObservationKeyValue(key = "project.id", expression = "projectId") CreateTask command,
			String user) {
		this.validator.validate(command);
		Task task = this.transactions.execute((status) -> {
			Task saved = this.tasks.saveAndFlush(new Task(command, user, this.clock.instant()));
			this.projects.changeTaskCount(command.projectId(), 1);
			return saved;
		});
		this.taskLists.evict(command.projectId());
		CurrentSpan.attribute("task.id", task.getId().toString());
		CurrentSpan.milestone("task_created");
		return task;
	}

}
