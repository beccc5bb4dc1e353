package io.hindspan.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.RetryAttributes;
import io.hindspan.span.SpanAttributes;

/**
 * A further attempt to process a record. A first one is nothing to talk of.
 *
 * @param number the number, 2 or more
 * @param maximum the number of the last attempt that is made, 0 if not known
 * @param reason the class of the exception that the attempt before ended with, or
 * {@code null} if not known
 */
record Attempt(long number, long maximum, @Nullable String reason) {

	/**
	 * Tells a further attempt from a first one.
	 * @param record the record
	 * @param failure the failure of the same record before, or {@code null} if none is
	 * known
	 * @param containers the application's containers
	 * @param listenerId the listener, or {@code null} if not known
	 * @return the attempt, or {@code null} for a first one
	 */
	static @Nullable Attempt of(ConsumerRecord<?, ?> record, FailedDeliveries.@Nullable Failure failure,
			ListenerContainers containers, @Nullable String listenerId) {
		long delivery = Math.max((failure != null) ? failure.count() + 1 : 1, RetryHeaders.deliveryAttempt(record));
		long topicAttempt = RetryHeaders.retryTopicAttempt(record);
		RetryTopic topic = (topicAttempt > 1) ? containers.retryTopic(listenerId, record.topic()) : null;
		// A record that was sent on with all its headers is no attempt of that topic
		boolean retried = topic != null && topic.retries();
		long number = delivery + (retried ? topicAttempt - 1 : 0);
		if (number == 1) {
			return null;
		}
		String reason = (failure != null) ? failure.reason() : null;
		if (reason == null && retried && delivery == 1) {
			reason = RetryHeaders.retryTopicReason(record);
		}
		long maximum = retried ? topic.maxAttempts() : containers.maxAttempts(listenerId);
		return new Attempt(number, maximum, reason);
	}

	void writeTo(SpanAttributes attributes) {
		attributes.put(RetryAttributes.ATTEMPT, this.number);
		if (this.maximum > 0) {
			attributes.put(RetryAttributes.MAX_ATTEMPTS, this.maximum);
		}
		attributes.put(RetryAttributes.REASON, this.reason);
	}

}
