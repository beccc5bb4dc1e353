package io.hindspan.redis;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Traces the commands of every connection factory of Jedis. A factory makes its clients
 * in methods of its own, so that it is replaced by a subclass with the same settings.
 */
final class JedisConnectionFactoryPostProcessor extends ReplacingPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(JedisConnectionFactoryPostProcessor.class);

	private final Supplier<InstrumentationTracer> tracer;

	JedisConnectionFactoryPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracer = JedisSpans.tracer(tracers);
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (!(bean instanceof JedisConnectionFactory factory)) {
			return bean;
		}
		boolean traceable = bean.getClass() == JedisConnectionFactory.class && factory.isUseUnifiedJedis()
				&& !factory.isRedisClusterAware();
		JedisConnectionFactory copy = traceable ? copy(factory) : null;
		if (copy == null) {
			logger.warn("Redis commands of '{}' are not traced: it is one of a cluster, without UnifiedJedis,"
					+ " or of a class of the application's own", beanName);
			return factory;
		}
		replaced(factory, beanName, copy);
		return copy;
	}

	private @Nullable JedisConnectionFactory copy(JedisConnectionFactory factory) {
		JedisConnectionFactory copy = new TracedJedisConnectionFactory(factory.getClientConfiguration(), this.tracer);
		boolean running = factory.isRunning();
		try {
			if (running) {
				factory.stop();
			}
			CopiedFields.copy(JedisConnectionFactory.class, factory, copy);
		}
		catch (IllegalAccessException | RuntimeException ex) {
			logger.debug("Could not copy a connection factory of Jedis", ex);
			if (running) {
				factory.start();
			}
			return null;
		}
		if (running) {
			copy.start();
		}
		return copy;
	}

}
