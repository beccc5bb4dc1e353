package io.hindspan.sample.api;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/tasks")
class TaskController {

	private static final String USER = AuthorizationInterceptor.USER;

	private static final String DEFAULT_USER = AuthorizationInterceptor.DEFAULT_USER;

	private final TaskService tasks;

	TaskController(TaskService tasks) {
		this.tasks = tasks;
	}

	@PostMapping
	ResponseEntity<TaskView> create(@Valid @RequestBody CreateTask command,
			@RequestHeader(name = USER, defaultValue = DEFAULT_USER) String user) {
		TaskView task = this.tasks.create(command, user);
		return ResponseEntity.created(URI.create("/api/v1/tasks/" + task.id())).body(task);
	}

	@PostMapping("/import")
	ImportResult createAll(@RequestBody List<@Valid CreateTask> commands,
			@RequestHeader(name = USER, defaultValue = DEFAULT_USER) String user) {
		return this.tasks.createAll(commands, user);
	}

	@GetMapping
	List<TaskView> list(@RequestParam(defaultValue = "1") long projectId) {
		return this.tasks.list(projectId);
	}

	@GetMapping("/{id}")
	TaskView get(@PathVariable UUID id) {
		return this.tasks.get(id);
	}

	@PutMapping("/{id}")
	TaskView update(@PathVariable UUID id, @Valid @RequestBody UpdateTask command) {
		return this.tasks.update(id, command);
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable UUID id) {
		this.tasks.delete(id);
	}

	@GetMapping("/slow")
	Map<String, Long> slow() {
		return Map.of("count", this.tasks.countSlowly());
	}

	@GetMapping("/failing")
	void failing() {
		throw new IllegalStateException("This path always fails.");
	}

}
