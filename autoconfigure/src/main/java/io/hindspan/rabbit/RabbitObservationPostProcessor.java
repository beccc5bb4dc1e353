package io.hindspan.rabbit;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Turns on observation for every template, listener container factory and listener
 * container that is a bean, unless Spring Boot's property says {@code false}.
 */
final class RabbitObservationPostProcessor implements BeanPostProcessor {

	private final boolean templates;

	private final boolean simpleListeners;

	private final boolean directListeners;

	RabbitObservationPostProcessor(Environment environment) {
		this.templates = isOn(environment, "template");
		this.simpleListeners = isOn(environment, "listener.simple");
		this.directListeners = isOn(environment, "listener.direct");
	}

	private static boolean isOn(Environment environment, String part) {
		return environment.getProperty("spring.rabbitmq." + part + ".observation-enabled", Boolean.class, true);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ScopedObject) {
			return bean;
		}
		if (bean instanceof RabbitTemplate template) {
			if (this.templates) {
				template.setObservationEnabled(true);
			}
		}
		else if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
			if (isOn(bean instanceof DirectRabbitListenerContainerFactory)) {
				factory.setObservationEnabled(true);
			}
		}
		else if (bean instanceof AbstractMessageListenerContainer container) {
			if (isOn(container instanceof DirectMessageListenerContainer)) {
				container.setObservationEnabled(true);
			}
		}
		return bean;
	}

	private boolean isOn(boolean direct) {
		return direct ? this.directListeners : this.simpleListeners;
	}

}
