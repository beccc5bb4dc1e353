package io.hindspan.rabbit;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.RetryAttributes;
import io.hindspan.span.SpanAttributes;

/**
 * What is known of a delivery that is not the first one of its message. Immutable.
 *
 * @param key what the message is recognized by, or {@code null} if by nothing
 * @param producer the span that sent the message, perhaps invalid
 * @param attempt the number of this attempt, or 0 where it is not known
 * @param reason why the message comes again, or {@code null} if not known
 * @param startsTrace whether the trace has enough attempts of this message, so that this
 * one begins another
 * @param republishing the trace of an earlier republishing, or {@code null}
 */
record Redelivery(@Nullable String key, SpanContext producer, long attempt, @Nullable String reason,
		boolean startsTrace, @Nullable Object republishing) {

	/**
	 * Tells the attempt. After the last one a delivery only recovers the message.
	 * @param attributes where to write
	 * @param maxAttempts how often the message is tried, or {@link RetryLimit#UNKNOWN}
	 */
	void describe(SpanAttributes attributes, long maxAttempts) {
		if (this.attempt > 1 && (maxAttempts == RetryLimit.UNKNOWN || this.attempt <= maxAttempts)) {
			attributes.put(RetryAttributes.ATTEMPT, this.attempt);
		}
		if (maxAttempts != RetryLimit.UNKNOWN) {
			attributes.put(RetryAttributes.MAX_ATTEMPTS, maxAttempts);
		}
		attributes.put(RetryAttributes.REASON, this.reason);
	}

}
