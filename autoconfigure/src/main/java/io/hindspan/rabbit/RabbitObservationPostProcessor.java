package io.hindspan.rabbit;

import org.aopalliance.aop.Advice;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Turns on observation for every template, listener container factory and listener
 * container that is a bean, and adds the spans that observation does not make, unless
 * Spring Boot's property says {@code false}.
 */
final class RabbitObservationPostProcessor implements BeanPostProcessor {

	private final boolean templates;

	private final boolean simpleListeners;

	private final boolean directListeners;

	private final ListenerAdvices advices;

	private final FailedConnections failedConnections;

	RabbitObservationPostProcessor(Environment environment, ListenerAdvices advices,
			FailedConnections failedConnections) {
		this.advices = advices;
		this.failedConnections = failedConnections;
		this.templates = isOn(environment, "template");
		this.simpleListeners = isOn(environment, "listener.simple");
		this.directListeners = isOn(environment, "listener.direct");
	}

	private static boolean isOn(Environment environment, String part) {
		return environment.getProperty("spring.rabbitmq." + part + ".observation-enabled", Boolean.class, true);
	}

	/**
	 * A container reads its advices when it is initialized.
	 */
	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractMessageListenerContainer container
				&& isOn(container instanceof DirectMessageListenerContainer)
				&& FieldReader.read(container, ListenerContainers.ADVICES) instanceof Advice[] present) {
			container.setAdviceChain(this.advices.addTo(present));
		}
		return bean;
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
		else if (bean instanceof ConnectionFactory connections) {
			if (this.templates) {
				connections.addConnectionListener(this.failedConnections);
			}
		}
		else if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
			if (isOn(bean instanceof DirectRabbitListenerContainerFactory)) {
				factory.setObservationEnabled(true);
				factory.setAdviceChain(this.advices.addTo(factory.getAdviceChain()));
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
