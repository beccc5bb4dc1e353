package io.hindspan.kafka;

import java.time.Clock;
import java.time.Duration;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How far the attempts to process a record go on in its trace, so that a record which is
 * tried for ever does not make a trace that never ends.
 */
final class TraceBounds {

	private final long maxAttempts;

	private final Duration maxAge;

	private final Clock clock;

	TraceBounds(KafkaTracingProperties properties, Clock clock) {
		this.maxAttempts = properties.maxAttemptsInTrace();
		this.maxAge = properties.maxAgeInTrace();
		this.clock = clock;
	}

	boolean exceededBy(Attempt attempt, ConsumerRecord<?, ?> record) {
		if (this.maxAttempts > 0 && attempt.number() > this.maxAttempts) {
			return true;
		}
		long sent = RetryHeaders.firstTimestamp(record);
		return !this.maxAge.isZero() && sent >= 0
				&& Duration.ofMillis(this.clock.millis() - sent).compareTo(this.maxAge) > 0;
	}

}
