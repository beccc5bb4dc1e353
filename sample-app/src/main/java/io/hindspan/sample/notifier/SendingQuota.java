package io.hindspan.sample.notifier;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

@Component
class SendingQuota {

	private static final long LIMIT = 1_000_000;

	private static final String KEY = "notifications:sent";

	private final StringRedisTemplate redis;

	SendingQuota(StringRedisTemplate redis) {
		this.redis = redis;
	}

	long remaining() {
		String sent = this.redis.opsForValue().get(KEY);
		return LIMIT - ((sent != null) ? Long.parseLong(sent) : 0);
	}

	void use(int count) {
		this.redis.opsForValue().increment(KEY, count);
	}

}
