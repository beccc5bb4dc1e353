package io.hindspan.kafka;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.retrytopic.DestinationTopicResolver;

/**
 * Finds the container that a record was delivered by, and what is set there. Asked only
 * for records that have failed.
 */
final class ListenerContainers {

	private final ListableBeanFactory beanFactory;

	ListenerContainers(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * The container of a listener.
	 * @param listenerId the id of the container, or of one of its children
	 * @return the container, or {@code null} if not known
	 */
	@Nullable AbstractMessageListenerContainer<?, ?> container(@Nullable String listenerId) {
		if (listenerId == null) {
			return null;
		}
		return containers().filter((container) -> isOf(container.getListenerId(), listenerId)).findFirst().orElse(null);
	}

	/**
	 * The containers of a consumer group.
	 * @param group the group
	 * @return the containers, possibly none
	 */
	List<AbstractMessageListenerContainer<?, ?>> ofGroup(String group) {
		return containers().filter((container) -> group.equals(container.getGroupId())).toList();
	}

	private static boolean isOf(@Nullable String containerId, String listenerId) {
		if (containerId == null || !listenerId.startsWith(containerId)) {
			return false;
		}
		int length = containerId.length();
		return listenerId.length() == length || (listenerId.charAt(length) == '-'
				&& listenerId.chars().skip(length + 1L).allMatch((c) -> c >= '0' && c <= '9'));
	}

	private Stream<AbstractMessageListenerContainer<?, ?>> containers() {
		try {
			Collection<MessageListenerContainer> beans = this.beanFactory
				.getBeansOfType(MessageListenerContainer.class, false, false)
				.values();
			Stream<MessageListenerContainer> annotated = this.beanFactory
				.getBeansOfType(KafkaListenerEndpointRegistry.class, false, false)
				.values()
				.stream()
				.flatMap((registry) -> registry.getListenerContainers().stream());
			return Stream.concat(annotated, beans.stream())
				.<AbstractMessageListenerContainer<?, ?>>mapMulti((container, next) -> {
					if (container instanceof AbstractMessageListenerContainer<?, ?> own) {
						next.accept(own);
					}
				});
		}
		catch (BeansException | IllegalStateException ex) {
			// The application is being closed
			return Stream.empty();
		}
	}

	/**
	 * How often a listener's container delivers a record at the most.
	 * @param listenerId the listener, or {@code null} if not known
	 * @return the number, 0 if not known or unlimited
	 */
	long maxAttempts(@Nullable String listenerId) {
		AbstractMessageListenerContainer<?, ?> container = container(listenerId);
		if (container == null) {
			return 0;
		}
		return MaxAttempts
			.of(isTransactional(container) ? container.getAfterRollbackProcessor() : container.getCommonErrorHandler());
	}

	static boolean isTransactional(AbstractMessageListenerContainer<?, ?> container) {
		return container.getContainerProperties().getKafkaAwareTransactionManager() != null;
	}

	/**
	 * What a topic is to a listener whose records are tried again by topics.
	 * @param listenerId the listener, or {@code null} if not known
	 * @param topic the topic's name
	 * @return what it is, or {@code null} if the listener does not use it
	 */
	@Nullable RetryTopic retryTopic(@Nullable String listenerId, String topic) {
		AbstractMessageListenerContainer<?, ?> container = container(listenerId);
		if (container == null) {
			return null;
		}
		String mainId = (container.getMainListenerId() != null) ? container.getMainListenerId()
				: container.getListenerId();
		try {
			for (DestinationTopicResolver resolver : this.beanFactory
				.getBeansOfType(DestinationTopicResolver.class, false, false)
				.values()) {
				return RetryTopic.of(resolver.getDestinationTopicByName(mainId, topic));
			}
		}
		catch (RuntimeException ex) {
			// A topic of somebody else, or the application is being closed
		}
		return null;
	}

}
