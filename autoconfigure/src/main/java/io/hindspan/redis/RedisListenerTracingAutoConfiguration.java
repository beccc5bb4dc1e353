package io.hindspan.redis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces what listeners do with the messages of channels and streams.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(StreamMessageListenerContainer.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("redis")
@EnableConfigurationProperties(RedisTracingProperties.class)
@ImportRuntimeHints(RedisListenerRuntimeHints.class)
public final class RedisListenerTracingAutoConfiguration {

	@Bean
	ProcessSpans redisProcessSpans(InstrumentationTracers tracers) {
		return new ProcessSpans(tracers);
	}

	@Bean
	static MessageListenerContainerPostProcessor tracingRedisMessageListenerContainerPostProcessor(
			ObjectProvider<ProcessSpans> spans) {
		return new MessageListenerContainerPostProcessor(spans);
	}

	@Bean
	static StreamListenerContainerPostProcessor tracingStreamMessageListenerContainerPostProcessor(
			ObjectProvider<ProcessSpans> spans) {
		return new StreamListenerContainerPostProcessor(spans);
	}

}
