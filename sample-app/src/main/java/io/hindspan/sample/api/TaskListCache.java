package io.hindspan.sample.api;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class TaskListCache {

	private static final Duration CACHED_FOR = Duration.ofMinutes(1);

	private static final TypeReference<List<TaskView>> TASK_LIST = new TypeReference<>() {
	};

	private final StringRedisTemplate redis;

	private final JsonMapper json;

	TaskListCache(StringRedisTemplate redis, JsonMapper json) {
		this.redis = redis;
		this.json = json;
	}

	List<TaskView> get(long projectId, Supplier<List<TaskView>> loader) {
		String cached = this.redis.opsForValue().get(key(projectId));
		if (cached != null) {
			return this.json.readValue(cached, TASK_LIST);
		}
		List<TaskView> loaded = loader.get();
		this.redis.opsForValue().set(key(projectId), this.json.writeValueAsString(loaded), CACHED_FOR);
		return loaded;
	}

	void evict(long projectId) {
		this.redis.delete(key(projectId));
	}

	private String key(long projectId) {
		return "project:" + projectId + ":tasks";
	}

}
