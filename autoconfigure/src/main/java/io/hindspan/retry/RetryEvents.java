package io.hindspan.retry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.RetryAttributes;

/**
 * Writes the event {@code retry_attempt} on the current span.
 */
final class RetryEvents {

	/** Nobody knows how often it is tried again. */
	static final long UNKNOWN = -1;

	private RetryEvents() {
	}

	/**
	 * Tells that something is tried again.
	 * @param attempt the number of the attempt that follows, 2 for the first retry
	 * @param maxRetries how often it is tried again at the most, negative where there is
	 * no such bound
	 * @param reason what the attempt before failed with, or {@code null} if not known
	 */
	static void write(long attempt, long maxRetries, @Nullable Throwable reason) {
		write(attempt, maxRetries, (reason != null) ? reason.getClass().getName() : null);
	}

	/**
	 * Tells that something is tried again.
	 * @param attempt the number of the attempt that follows, 2 for the first retry
	 * @param maxRetries how often it is tried again at the most, negative where there is
	 * no such bound
	 * @param reason the type of the failure of the attempt before, or {@code null} if not
	 * known
	 */
	static void write(long attempt, long maxRetries, @Nullable String reason) {
		Span span = Span.current();
		if (!span.isRecording()) {
			return;
		}
		AttributesBuilder attributes = Attributes.builder().put(RetryAttributes.ATTEMPT.stable(), attempt);
		if (maxRetries >= 0 && maxRetries < Long.MAX_VALUE) {
			attributes.put(RetryAttributes.MAX_ATTEMPTS.stable(), maxRetries + 1);
		}
		if (reason != null) {
			attributes.put(RetryAttributes.REASON.stable(), reason);
		}
		span.addEvent("retry_attempt", attributes.build());
	}

}
