package io.hindspan.sample.api;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.micrometer.observation.annotation.ObservationKeyValue;
import io.micrometer.observation.annotation.Observed;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;
import org.springframework.util.StringUtils;

import io.hindspan.CurrentSpan;

@Service
class Authorization {

	private static final Duration CACHED_FOR = Duration.ofMinutes(5);

	private final StringRedisTemplate redis;

	private final PermissionRepository permissions;

	Authorization(StringRedisTemplate redis, PermissionRepository permissions) {
		this.redis = redis;
		this.permissions = permissions;
	}

	@Observed(name = "task.authorization", contextualName = "authorize_request")
	public boolean isGranted(@ObservationKeyValue("user.id") String user,
			@ObservationKeyValue("permission.required") String permission) {
		boolean granted = permissionsOf(user).contains(permission);
		CurrentSpan.attribute("authorization.granted", granted);
		return granted;
	}

	private Set<String> permissionsOf(String user) {
		String key = "permissions:" + user;
		String cached = this.redis.opsForValue().get(key);
		if (cached != null) {
			return StringUtils.commaDelimitedListToSet(cached);
		}
		CurrentSpan.event("cache_miss", Map.of("cache.type", "permission"));
		Set<String> found = this.permissions.findByUser(user);
		this.redis.opsForValue().set(key, String.join(",", found), CACHED_FOR);
		return found;
	}

}
