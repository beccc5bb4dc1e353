package io.hindspan.kafka;

import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.util.function.SingletonSupplier;

/**
 * Turns on observation for every template, listener container factory and listener
 * container that is a bean, unless Spring Boot's property says {@code false}.
 */
final class KafkaObservationPostProcessor implements BeanPostProcessor, SmartInitializingSingleton {

	private static final NoClusterLookup NO_LOOKUP = new NoClusterLookup();

	private final boolean templates;

	private final boolean listeners;

	private volatile boolean singletonsInstantiated;

	private final GuardedDeliveries deliveries;

	KafkaObservationPostProcessor(Environment environment, ObjectProvider<Deliveries> deliveries) {
		this.deliveries = new GuardedDeliveries(SingletonSupplier.of(deliveries::getObject));
		this.templates = environment.getProperty("spring.kafka.template.observation-enabled", Boolean.class, true);
		this.listeners = environment.getProperty("spring.kafka.listener.observation-enabled", Boolean.class, true);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ScopedObject) {
			return bean;
		}
		if (bean instanceof KafkaTemplate<?, ?> template) {
			if (this.templates) {
				observe(template);
			}
		}
		else if (this.listeners && bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			factory.getContainerProperties().setObservationEnabled(true);
			intercept(factory);
		}
		else if (this.listeners && bean instanceof AbstractMessageListenerContainer<?, ?> container) {
			container.getContainerProperties().setObservationEnabled(true);
			preventLookup(container);
			intercept(container);
		}
		return bean;
	}

	@SuppressWarnings("unchecked")
	private void intercept(AbstractKafkaListenerContainerFactory<?, ?, ?> bean) {
		AbstractKafkaListenerContainerFactory<?, Object, Object> factory = (AbstractKafkaListenerContainerFactory<?, Object, Object>) bean;
		factory.setRecordInterceptor(TracingRecordInterceptor.around(factory.getRecordInterceptor(), this.deliveries));
		factory.setBatchInterceptor(TracingBatchInterceptor.around(factory.getBatchInterceptor(), this.deliveries));
	}

	@SuppressWarnings("unchecked")
	private void intercept(AbstractMessageListenerContainer<?, ?> bean) {
		AbstractMessageListenerContainer<Object, Object> container = (AbstractMessageListenerContainer<Object, Object>) bean;
		container
			.setRecordInterceptor(TracingRecordInterceptor.around(container.getRecordInterceptor(), this.deliveries));
		container.setBatchInterceptor(TracingBatchInterceptor.around(container.getBatchInterceptor(), this.deliveries));
	}

	private void observe(KafkaTemplate<?, ?> template) {
		template.setObservationEnabled(true);
		if (template.getKafkaAdmin() == null) {
			template.setKafkaAdmin(NO_LOOKUP);
		}
		// A template takes its registry when the singletons are there: one that comes
		// later, being lazy or a prototype, is never told
		if (this.singletonsInstantiated) {
			template.afterSingletonsInstantiated();
		}
	}

	static void preventLookup(AbstractMessageListenerContainer<?, ?> container) {
		if (container.getKafkaAdmin() == null) {
			container.setKafkaAdmin(NO_LOOKUP);
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.singletonsInstantiated = true;
	}

}
