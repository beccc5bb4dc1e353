package io.hindspan.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Traces the commands of clients that use client resources of the application's own,
 * unless these have a tracing already.
 */
final class ClientResourcesPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<ObservationRegistry> registry;

	ClientResourcesPostProcessor(ObjectProvider<ObservationRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (!(bean instanceof ClientResources resources)) {
			return bean;
		}
		Tracing tracing = resources.tracing();
		// None at all has only an imitation in a test
		return (tracing == null || tracing.isEnabled()) ? resources
				: TracedResources.copy(resources, new CommandTracing(this.registry.getObject()));
	}

}
