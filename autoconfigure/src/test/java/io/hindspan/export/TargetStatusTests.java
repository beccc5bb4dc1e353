package io.hindspan.export;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hindspan.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the log says of a target.
 */
@ExtendWith(OutputCaptureExtension.class)
class TargetStatusTests {

	private final SettableClock clock = new SettableClock();

	private final TargetStatus status = new TargetStatus("backend", this.clock);

	@Test
	void outageIsTwoLinesHoweverLong(CapturedOutput output) {
		this.status.succeeded(true);
		for (int i = 0; i < 10_000; i++) {
			fail();
			this.clock.advance(Duration.ofSeconds(30));
		}
		this.status.succeeded(true);
		this.status.succeeded(true);
		assertThat(output.toString().lines()).hasSize(2);
		assertThat(output).contains("Target 'backend' is away. Spans for it wait and are sent again.")
			.contains("Target 'backend' takes spans again, after 300000 s.");
	}

	@Test
	void changeWithEveryBatchIsALineAMinute(CapturedOutput output) {
		for (int second = 0; second < 3600; second++) {
			fail();
			this.status.succeeded(true);
			this.clock.advance(Duration.ofSeconds(1));
		}
		assertThat(output.toString().lines()).hasSizeBetween(60, 70);
		assertThat(this.status.state()).isEqualTo(TargetStatus.State.REACHED);
	}

	@Test
	void queueThatStaysFullIsSaidOnce(CapturedOutput output) {
		for (int i = 0; i < 1000; i++) {
			this.status.full(100);
			this.status.succeeded(false);
			this.clock.advance(Duration.ofMinutes(1));
		}
		assertThat(output.toString().lines()).hasSize(1);
		this.status.succeeded(true);
		this.status.full(100);
		assertThat(output.toString().lines()).hasSize(2);
	}

	@Test
	void whatIsWrongAndSinceWhenIsKept() {
		Instant begin = this.clock.instant();
		this.status.succeeded(true);
		this.clock.advance(Duration.ofSeconds(1));
		fail();
		assertThat(this.status.lastSuccess()).isEqualTo(begin);
		assertThat(this.status.lastFailure()).isEqualTo(begin.plusSeconds(1));
		assertThat(this.status.lastError()).isEqualTo("is away");
	}

	private void fail() {
		this.status.failed(TargetStatus.State.UNREACHED, SendFailure.passing("is away", null));
	}

}
