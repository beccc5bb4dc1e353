package io.hindspan.redis;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.resource.ClientResources;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Traces the commands of every connection factory, the application's own included, unless
 * its client resources have a tracing already. A factory takes its resources from its
 * client configuration, which often cannot be changed: such a factory, which has not
 * connected yet, is replaced by a copy.
 */
final class LettuceConnectionFactoryPostProcessor extends ReplacingPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(LettuceConnectionFactoryPostProcessor.class);

	private static final long SHUTDOWN_SECONDS = 2;

	private final ObjectProvider<ObservationRegistry> registry;

	LettuceConnectionFactoryPostProcessor(ObjectProvider<ObservationRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (!(bean instanceof LettuceConnectionFactory factory)) {
			return bean;
		}
		ClientResources given = factory.getClientResources();
		if (given != null && given.tracing() instanceof CommandTracing tracing) {
			tracing.usedFor(factory.getDatabase());
			return factory;
		}
		return (given != null && given.tracing().isEnabled()) ? factory : traced(factory, given, beanName);
	}

	private LettuceConnectionFactory traced(LettuceConnectionFactory factory, @Nullable ClientResources given,
			String beanName) {
		CommandTracing tracing = new CommandTracing(this.registry.getObject());
		tracing.usedFor(factory.getDatabase());
		ClientResources resources = (given != null) ? TracedResources.copy(given, tracing)
				: ClientResources.builder().tracing(tracing).build();
		boolean running = factory.isRunning();
		LettuceConnectionFactory traced = use(factory, resources, beanName);
		if (traced == null) {
			if (given == null) {
				end(resources);
			}
			return factory;
		}
		replaced(factory, beanName, () -> {
			traced.destroy();
			if (given == null) {
				end(resources);
			}
		});
		if (running) {
			traced.start();
		}
		return traced;
	}

	@SuppressWarnings("deprecation")
	private @Nullable LettuceConnectionFactory use(LettuceConnectionFactory factory, ClientResources resources,
			String beanName) {
		try {
			factory.setClientResources(resources);
			if (factory.isRunning()) {
				factory.stop();
			}
			return factory;
		}
		catch (IllegalStateException ex) {
			// Its client configuration cannot be changed
		}
		LettuceConnectionFactory copy = (factory.getClass() == LettuceConnectionFactory.class)
				? copy(factory, resources) : null;
		if (copy == null) {
			logger.warn("Redis commands of '{}' are not traced: give its client configuration the client resources"
					+ " of the application context", beanName);
		}
		return copy;
	}

	private @Nullable LettuceConnectionFactory copy(LettuceConnectionFactory factory, ClientResources resources) {
		LettuceConnectionFactory copy = new LettuceConnectionFactory(new RedisStandaloneConfiguration(),
				TracedClientConfiguration.of(factory.getClientConfiguration(), resources));
		List<Field> settings = settings();
		try {
			for (Field setting : settings) {
				setting.setAccessible(true);
			}
			if (factory.isRunning()) {
				factory.stop();
			}
			for (Field setting : settings) {
				setting.set(copy, setting.get(factory));
			}
		}
		catch (IllegalAccessException | RuntimeException ex) {
			return null;
		}
		return settings.isEmpty() ? null : copy;
	}

	private List<Field> settings() {
		List<Field> settings = new ArrayList<>();
		for (Field field : LettuceConnectionFactory.class.getDeclaredFields()) {
			if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())) {
				settings.add(field);
			}
		}
		return settings;
	}

	private void end(ClientResources resources) {
		resources.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
			.awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
	}

}
