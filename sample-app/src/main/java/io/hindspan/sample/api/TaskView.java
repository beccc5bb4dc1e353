package io.hindspan.sample.api;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

record TaskView(UUID id, long projectId, String title, @Nullable String description, Task.Priority priority,
		Task.Status status, @Nullable LocalDate dueDate, String createdBy, Instant createdAt) {

	static TaskView of(Task task) {
		return new TaskView(task.getId(), task.getProjectId(), task.getTitle(), task.getDescription(),
				task.getPriority(), task.getStatus(), task.getDueDate(), task.getCreatedBy(), task.getCreatedAt());
	}

}
