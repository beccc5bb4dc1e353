package io.hindspan.redis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import redis.clients.jedis.UnifiedJedis;

import io.hindspan.span.InstrumentationTracers;

/**
 * Traces the commands of every client of Jedis that is a bean.
 */
final class JedisClientPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<InstrumentationTracers> tracers;

	JedisClientPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof UnifiedJedis client) {
			JedisClients.trace(client, null, (endpoint) -> new JedisSpans(this.tracers, endpoint));
		}
		return bean;
	}

}
