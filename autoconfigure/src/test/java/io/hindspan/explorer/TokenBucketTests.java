package io.hindspan.explorer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TokenBucket}.
 */
class TokenBucketTests {

	private final AtomicLong time = new AtomicLong();

	private final TokenBucket bucket = new TokenBucket(10, 2, this.time::get);

	@Test
	void rateMayBeExceededForAMoment() {
		assertThat(this.bucket.take(20)).isZero();
		assertThat(this.bucket.take(1)).isEqualTo(1);
	}

	@Test
	void tokensComeWithTime() {
		this.bucket.take(20);
		this.time.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
		assertThat(this.bucket.take(6)).isEqualTo(1);
		assertThat(this.bucket.take(5)).isZero();
		assertThat(this.bucket.take(1)).isEqualTo(1);
	}

	@Test
	void noMoreAreKeptThanTheBucketHolds() {
		this.time.addAndGet(TimeUnit.DAYS.toNanos(1));
		assertThat(this.bucket.take(20)).isZero();
		assertThat(this.bucket.take(1)).isPositive();
	}

	@Test
	void timeToWaitIsTold() {
		this.bucket.take(20);
		assertThat(this.bucket.take(20)).isEqualTo(2);
	}

}
