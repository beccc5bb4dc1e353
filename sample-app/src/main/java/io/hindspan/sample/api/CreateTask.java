package io.hindspan.sample.api;

import java.time.LocalDate;

import jakarta.validation.constraints.FutureOrPresent;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

record CreateTask(@Positive long projectId, @NotBlank @Size(max = 200) String title, @Nullable String description,
		Task.@Nullable Priority priority, @FutureOrPresent @Nullable LocalDate dueDate) {

	CreateTask {
		priority = (priority != null) ? priority : Task.Priority.NORMAL;
	}

}
