package io.hindspan.export;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for when a batch is sent again.
 */
class DeliveryTests {

	private final Delivery delivery = new Delivery(100, Duration.ofSeconds(10), Duration.ofSeconds(5),
			Duration.ofSeconds(1), Duration.ofSeconds(30));

	@ParameterizedTest
	@CsvSource({ "1, 0, 1000", "1, 1, 500", "2, 0, 2000", "3, 0.5, 3000", "6, 0, 30000", "6, 1, 15000",
			"100, 0, 30000" })
	void delayDoublesUpToItsLimit(int failures, double chance, long millis) {
		assertThat(Duration.ofNanos(this.delivery.delayNanos(failures, SendFailure.passing("fails", null), chance)))
			.isEqualTo(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@CsvSource({ "0, 1000", "45, 45000", "600, 600000", "86400, 600000", "999999999, 600000" })
	void delayIsWhatTheTargetAsksForWithinReason(long seconds, long millis) {
		SendFailure failure = SendFailure.passing("is busy", Duration.ofSeconds(seconds));
		assertThat(Duration.ofNanos(this.delivery.delayNanos(1, failure, 0))).isEqualTo(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none", delimiter = '|', textBlock = """
			0                             | 0
			120                           | 120
			 7                            | 7
			999999999                     | 999999999
			Wed, 21 Oct 2015 07:28:00 GMT | 60
			Wed, 21 Oct 2015 07:26:00 GMT | 0
			9999999999                    | none
			-1                            | none
			1.5                           | none
			soon                          | none
			''                            | none
			""")
	void retryAfterIsSecondsOrADate(String value, Long seconds) {
		Clock clock = Clock.fixed(Instant.parse("2015-10-21T07:27:00Z"), ZoneOffset.UTC);
		assertThat(HttpPost.retryAfter(value, clock)).isEqualTo((seconds != null) ? Duration.ofSeconds(seconds) : null);
	}

	@Test
	void textOfOthersIsShortAndOnOneLine() {
		assertThat(ReplyText.printable("a\r\nb\u001b[31m\u2028c")).isEqualTo("a  b [31m c");
		assertThat(ReplyText.printable("x".repeat(10_000))).hasSize(200);
	}

}
