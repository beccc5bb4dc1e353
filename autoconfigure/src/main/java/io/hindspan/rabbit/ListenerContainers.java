package io.hindspan.rabbit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * Finds the container that a delivery came from. Asked for deliveries that fail or come
 * again only.
 */
final class ListenerContainers {

	static final String ADVICES = "adviceChain";

	private final ObjectProvider<RabbitListenerEndpointRegistry> registries;

	private final ConfigurableListableBeanFactory beanFactory;

	/** Looked for once: all bean definitions have to be asked. */
	private final Supplier<List<AbstractMessageListenerContainer>> beans;

	ListenerContainers(ObjectProvider<RabbitListenerEndpointRegistry> registries,
			ConfigurableListableBeanFactory beanFactory) {
		this.registries = registries;
		this.beanFactory = beanFactory;
		this.beans = SingletonSupplier.of(this::singletons);
	}

	private List<AbstractMessageListenerContainer> singletons() {
		List<AbstractMessageListenerContainer> singletons = new ArrayList<>();
		for (String name : this.beanFactory.getBeanNamesForType(AbstractMessageListenerContainer.class, false, false)) {
			if (this.beanFactory.getSingleton(name) instanceof AbstractMessageListenerContainer container) {
				singletons.add(container);
			}
		}
		return singletons;
	}

	/**
	 * The container of a listener.
	 * @param listenerId the listener's id, or the name of the container's bean
	 * @return the container, or {@code null} if it is no bean and in no registry
	 */
	@Nullable AbstractMessageListenerContainer ofListener(@Nullable String listenerId) {
		if (listenerId == null) {
			return null;
		}
		for (RabbitListenerEndpointRegistry registry : this.registries) {
			if (registry.getListenerContainer(listenerId) instanceof AbstractMessageListenerContainer container) {
				return container;
			}
		}
		return (this.beanFactory.getSingleton(listenerId) instanceof AbstractMessageListenerContainer container)
				? container : null;
	}

	/**
	 * The containers of a queue.
	 * @param queue the queue's name
	 * @return all that can be found, perhaps none
	 */
	List<AbstractMessageListenerContainer> ofQueue(@Nullable String queue) {
		List<AbstractMessageListenerContainer> found = new ArrayList<>();
		for (RabbitListenerEndpointRegistry registry : this.registries) {
			registry.getListenerContainers().forEach((container) -> {
				if (container instanceof AbstractMessageListenerContainer own) {
					found.add(own);
				}
			});
		}
		found.addAll(this.beans.get());
		found.removeIf((container) -> !Arrays.asList(container.getQueueNames()).contains(queue));
		return found;
	}

	static Advice[] advices(AbstractMessageListenerContainer container) {
		return (FieldReader.read(container, ADVICES) instanceof Advice[] advices) ? advices : new Advice[0];
	}

}
