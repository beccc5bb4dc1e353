package io.hindspan.sample.api;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "tasks")
class Task {

	enum Priority {

		LOW, NORMAL, HIGH

	}

	enum Status {

		TODO, IN_PROGRESS, DONE

	}

	@Id
	@GeneratedValue(strategy = GenerationType.UUID)
	private UUID id;

	private long projectId;

	private String title;

	private @Nullable String description;

	@Enumerated(EnumType.STRING)
	private Priority priority;

	@Enumerated(EnumType.STRING)
	private Status status = Status.TODO;

	private @Nullable LocalDate dueDate;

	private String createdBy;

	private Instant createdAt;

	protected Task() {
	}

	Task(CreateTask command, String createdBy, Instant createdAt) {
		this.projectId = command.projectId();
		this.title = command.title();
		this.description = command.description();
		this.priority = command.priority();
		this.dueDate = command.dueDate();
		this.createdBy = createdBy;
		this.createdAt = createdAt;
	}

	void update(UpdateTask command) {
		this.title = command.title();
		this.status = command.status();
	}

	UUID getId() {
		return this.id;
	}

	long getProjectId() {
		return this.projectId;
	}

	String getTitle() {
		return this.title;
	}

	@Nullable String getDescription() {
		return this.description;
	}

	Priority getPriority() {
		return this.priority;
	}

	Status getStatus() {
		return this.status;
	}

	@Nullable LocalDate getDueDate() {
		return this.dueDate;
	}

	String getCreatedBy() {
		return this.createdBy;
	}

	Instant getCreatedAt() {
		return this.createdAt;
	}

}
