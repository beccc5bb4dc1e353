package io.hindspan.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

import static java.util.Optional.empty;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceBounds}.
 */
class TraceBoundsTests {

	private static final Instant SENT = Instant.parse("2026-01-01T00:00:00Z");

	@Test
	void attemptsAreBounded() {
		assertThat(isExceeded(3, Duration.ZERO, 3, Duration.ofDays(1))).isFalse();
		assertThat(isExceeded(3, Duration.ZERO, 4, Duration.ofDays(1))).isTrue();
		assertThat(isExceeded(0, Duration.ZERO, 400, Duration.ofDays(1))).isFalse();
	}

	@Test
	void ageIsBounded() {
		assertThat(isExceeded(0, Duration.ofHours(1), 2, Duration.ofHours(1))).isFalse();
		assertThat(isExceeded(0, Duration.ofHours(1), 2, Duration.ofHours(1).plusMillis(1))).isTrue();
		assertThat(isExceeded(0, Duration.ofHours(1), 2, Duration.ofHours(-2))).isFalse();
	}

	@Test
	void anyAgeMayBeTheLimit() {
		assertThat(isExceeded(0, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), 2, Duration.ofDays(1000))).isFalse();
	}

	private static boolean isExceeded(int maxAttempts, Duration maxAge, long attempt, Duration age) {
		TraceBounds bounds = new TraceBounds(new KafkaTracingProperties(true, maxAttempts, maxAge),
				Clock.fixed(SENT.plus(age), ZoneOffset.UTC));
		return bounds.exceededBy(new Attempt(attempt, 0, null), new ConsumerRecord<>("tasks", 0, 0, SENT.toEpochMilli(),
				TimestampType.CREATE_TIME, 0, 0, "key", "value", new RecordHeaders(), empty()));
	}

}
