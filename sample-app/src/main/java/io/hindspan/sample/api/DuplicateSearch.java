package io.hindspan.sample.api;

import io.micrometer.observation.annotation.Observed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

@Component
class DuplicateSearch {

	private static final Logger logger = LoggerFactory.getLogger(DuplicateSearch.class);

	private final TaskRepository tasks;

	DuplicateSearch(TaskRepository tasks) {
		this.tasks = tasks;
	}

	@Observed(name = "task.duplicates", contextualName = "find_duplicates")
	public void search(Task task) {
		long sameTitle = this.tasks.countByProjectIdAndTitleIgnoreCase(task.getProjectId(), task.getTitle());
		if (sameTitle > 1) {
			logger.info("Project {} has {} tasks with the title of task {}", task.getProjectId(), sameTitle,
					task.getId());
		}
	}

}
