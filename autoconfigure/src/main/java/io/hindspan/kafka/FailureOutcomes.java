package io.hindspan.kafka;

import java.time.Duration;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * Finds out what an error handler has made of a failed record, which nobody tells: where
 * the consumer goes on reading, what was sent meanwhile, and what the handler itself
 * remembers.
 */
final class FailureOutcomes {

	static final String RETRY = "retry";

	static final String DEAD_LETTER = "dead_letter";

	static final String DISCARD = "discard";

	private final ListenerContainers containers;

	FailureOutcomes(ListenerContainers containers) {
		this.containers = containers;
	}

	/**
	 * What was made of a record. Asked on the consumer's thread, after the error handler.
	 * @param record the record
	 * @param listenerId its listener
	 * @param publishedTo the topic that the error handler has sent the record to, or
	 * {@code null}
	 * @param consumer the consumer
	 * @return the outcome, or {@code null} if not known
	 */
	@Nullable String ofRecord(ConsumerRecord<?, ?> record, String listenerId, @Nullable String publishedTo,
			Consumer<?, ?> consumer) {
		long position = position(record, consumer);
		if (position >= 0 && position <= record.offset()) {
			return RETRY;
		}
		AbstractMessageListenerContainer<?, ?> container = this.containers.container(listenerId);
		CommonErrorHandler handler = (container != null) ? container.getCommonErrorHandler() : null;
		if (handler instanceof DefaultErrorHandler && !handler.seeksAfterHandling() && handler
			.deliveryAttempt(new TopicPartitionOffset(record.topic(), record.partition(), record.offset())) > 1) {
			return RETRY;
		}
		if (publishedTo != null) {
			RetryTopic topic = this.containers.retryTopic(listenerId, publishedTo);
			return (topic != null && topic.retries()) ? RETRY : DEAD_LETTER;
		}
		return (position >= 0 && container != null && recovers(container)) ? DISCARD : null;
	}

	/**
	 * What was made of a batch.
	 * @param first its first record
	 * @param group the consumer group, or {@code null} for none
	 * @param publishedTo the topic that the error handler has sent a record to, or
	 * {@code null}
	 * @param consumer the consumer
	 * @return the outcome, or {@code null} if not known
	 */
	@Nullable String ofBatch(ConsumerRecord<?, ?> first, @Nullable String group, @Nullable String publishedTo,
			Consumer<?, ?> consumer) {
		long position = position(first, consumer);
		if (position >= 0 && position <= first.offset()) {
			return RETRY;
		}
		if (publishedTo != null) {
			return DEAD_LETTER;
		}
		boolean discarded = position >= 0 && group != null && !this.containers.ofGroup(group).isEmpty()
				&& this.containers.ofGroup(group).stream().allMatch(FailureOutcomes::recoversBySeeking);
		return discarded ? DISCARD : null;
	}

	/**
	 * Whether what the handler does not have delivered again is known to be given up.
	 * Others stop the container, or keep what they want to do to themselves.
	 */
	private static boolean recovers(AbstractMessageListenerContainer<?, ?> container) {
		CommonErrorHandler handler = container.getCommonErrorHandler();
		if (handler == null) {
			return !ListenerContainers.isTransactional(container)
					|| container.getAfterRollbackProcessor() instanceof DefaultAfterRollbackProcessor;
		}
		return handler instanceof DefaultErrorHandler || handler instanceof CommonLoggingErrorHandler;
	}

	private static boolean recoversBySeeking(AbstractMessageListenerContainer<?, ?> container) {
		CommonErrorHandler handler = container.getCommonErrorHandler();
		return recovers(container) && (handler == null || handler.seeksAfterHandling());
	}

	/**
	 * Where the consumer goes on reading, which it knows without asking the broker.
	 * @return the offset, negative where the partition is another consumer's by now
	 */
	private static long position(ConsumerRecord<?, ?> record, Consumer<?, ?> consumer) {
		try {
			return consumer.position(new TopicPartition(record.topic(), record.partition()), Duration.ZERO);
		}
		catch (WakeupException ex) {
			// Meant for the container, which is to stop
			consumer.wakeup();
			return -1;
		}
		catch (RuntimeException ex) {
			return -1;
		}
	}

}
