package io.hindspan.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;

/**
 * What the post-processors of listener containers read and write by reflection.
 */
final class RedisListenerRuntimeHints implements RuntimeHintsRegistrar {

	private static final String STREAM = "org.springframework.data.redis.stream.";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(RedisMessageListenerContainer.class, MemberCategory.ACCESS_DECLARED_FIELDS);
		for (String type : new String[] { "DefaultStreamMessageListenerContainer",
				"DefaultStreamMessageListenerContainer$TaskSubscription", "StreamPollTask",
				"StreamPollTask$PollState" }) {
			hints.reflection().registerTypeIfPresent(classLoader, STREAM + type, MemberCategory.ACCESS_DECLARED_FIELDS);
		}
		hints.proxies()
			.registerJdkProxy(AopProxyUtils.completeJdkProxyInterfaces(StreamMessageListenerContainer.class));
	}

}
