package io.hindspan.batch;

import java.lang.reflect.Field;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.batch.core.configuration.annotation.BatchObservabilityBeanPostProcessor;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.util.ReflectionUtils;

/**
 * Observes the steps of a job that are no beans, which Spring Batch's own post-processor
 * does not see; where there is none of that, nothing is observed. A registry that the
 * application gave a step stays.
 */
final class InlineStepPostProcessor implements BeanPostProcessor, Ordered {

	static final String FIELD = "observationRegistry";

	private static final Logger logger = LoggerFactory.getLogger(InlineStepPostProcessor.class);

	private final ObjectProvider<ObservationRegistry> registry;

	private final ObjectProvider<BatchObservabilityBeanPostProcessor> observability;

	InlineStepPostProcessor(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<BatchObservabilityBeanPostProcessor> observability) {
		this.registry = registry;
		this.observability = observability;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractJob job && !AopUtils.isAopProxy(job)
				&& this.observability.stream().findAny().isPresent()) {
			try {
				for (String name : job.getStepNames()) {
					if (job.getStep(name) instanceof AbstractStep step && !AopUtils.isAopProxy(step)
							&& isUnobserved(step)) {
						this.registry.ifAvailable(step::setObservationRegistry);
					}
				}
			}
			catch (RuntimeException ex) {
				logger.warn("The steps of job '{}' that are no beans have no spans", beanName, ex);
			}
		}
		return bean;
	}

	private static boolean isUnobserved(AbstractStep step) {
		@Nullable Field field = ReflectionUtils.findField(AbstractStep.class, FIELD);
		if (field == null) {
			return false;
		}
		ReflectionUtils.makeAccessible(field);
		Object registry = ReflectionUtils.getField(field, step);
		return registry == null || registry == ObservationRegistry.NOOP;
	}

}
