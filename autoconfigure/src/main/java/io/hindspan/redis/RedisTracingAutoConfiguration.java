package io.hindspan.redis;

import io.lettuce.core.RedisClient;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Describes Redis commands sent with Lettuce, and traces the connections that Spring Boot
 * has not made.
 */
@AutoConfiguration(after = { SpanTracingAutoConfiguration.class, LettuceObservationAutoConfiguration.class },
		before = DataRedisAutoConfiguration.class)
@ConditionalOnClass(RedisClient.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("redis")
@EnableConfigurationProperties(RedisTracingProperties.class)
public final class RedisTracingAutoConfiguration {

	@Bean
	RedisSpanConvention redisSpanConvention() {
		return new RedisSpanConvention();
	}

	@Bean
	static ClientResourcesPostProcessor tracingClientResourcesPostProcessor(
			ObjectProvider<ObservationRegistry> registry) {
		return new ClientResourcesPostProcessor(registry);
	}

	/**
	 * Takes the place of Spring Boot's own customizer, by coming after it. Where the
	 * application has excluded that one, it has chosen a tracing of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ClientResourcesBuilderCustomizer.class)
	@ConditionalOnBean(LettuceObservationAutoConfiguration.class)
	static class SpringBootResources {

		@Bean
		ClientResourcesBuilderCustomizer tracingClientResourcesBuilderCustomizer(ObservationRegistry registry) {
			return (resources) -> resources.tracing(new CommandTracing(registry));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(LettuceConnectionFactory.class)
	@ImportRuntimeHints(RedisRuntimeHints.class)
	static class ConnectionFactories {

		@Bean
		static LettuceConnectionFactoryPostProcessor tracingLettuceConnectionFactoryPostProcessor(
				ObjectProvider<ObservationRegistry> registry) {
			return new LettuceConnectionFactoryPostProcessor(registry);
		}

	}

}
