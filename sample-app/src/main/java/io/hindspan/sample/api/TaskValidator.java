package io.hindspan.sample.api;

import io.micrometer.observation.annotation.Observed;
import org.springframework.stereotype.Component;

@Component
class TaskValidator {

	private final ProjectRepository projects;

	TaskValidator(ProjectRepository projects) {
		this.projects = projects;
	}

	@Observed(name = "task.validation", contextualName = "validate_task")
	public void validate(CreateTask command) {
		if (!this.projects.existsById(command.projectId())) {
			throw new NotFoundException("project", command.projectId());
		}
	}

}
