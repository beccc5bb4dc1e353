package io.hindspan.sample.api;

import io.micrometer.observation.annotation.Observed;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

@Component
class ProjectStatistics {

	private final TaskRepository tasks;

	private final StringRedisTemplate redis;

	ProjectStatistics(TaskRepository tasks, StringRedisTemplate redis) {
		this.tasks = tasks;
		this.redis = redis;
	}

	@Async
	@Observed(name = "project.statistics", contextualName = "refresh_statistics")
	public void refresh(long projectId) {
		long open = this.tasks.countByProjectIdAndStatus(projectId, Task.Status.TODO);
		this.redis.opsForValue().set("project:" + projectId + ":open", String.valueOf(open));
	}

}
