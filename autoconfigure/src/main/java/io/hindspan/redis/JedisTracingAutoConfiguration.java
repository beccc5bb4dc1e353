package io.hindspan.redis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.RedisClient;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces Redis commands sent with Jedis.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(RedisClient.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("redis")
@EnableConfigurationProperties(RedisTracingProperties.class)
public final class JedisTracingAutoConfiguration {

	@Bean
	static JedisClientPostProcessor tracingJedisClientPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		return new JedisClientPostProcessor(tracers);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JedisConnectionFactory.class)
	static class ConnectionFactories {

		@Bean
		static JedisConnectionFactoryPostProcessor tracingJedisConnectionFactoryPostProcessor(
				ObjectProvider<InstrumentationTracers> tracers) {
			return new JedisConnectionFactoryPostProcessor(tracers);
		}

	}

}
