package io.hindspan.redis;

import java.util.function.Supplier;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import redis.clients.jedis.UnifiedJedis;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Traces the commands of every client of Jedis that is a bean.
 */
final class JedisClientPostProcessor implements BeanPostProcessor {

	private final Supplier<InstrumentationTracer> tracer;

	JedisClientPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracer = JedisSpans.tracer(tracers);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof UnifiedJedis client) {
			JedisClients.trace(client, null, (endpoint) -> new JedisSpans(this.tracer, endpoint));
		}
		return bean;
	}

}
