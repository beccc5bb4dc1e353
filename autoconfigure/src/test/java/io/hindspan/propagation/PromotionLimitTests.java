package io.hindspan.propagation;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the limit on what other services have kept.
 */
class PromotionLimitTests {

	private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

	@Test
	void everySecondHasItsOwn() {
		PromotionLimit limit = new PromotionLimit(2, this.clock::get);
		for (int second = 0; second < 3; second++) {
			assertThat(limit.allowsOneMore()).isTrue();
			this.clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
			assertThat(limit.allowsOneMore()).isTrue();
			assertThat(limit.allowsOneMore()).isFalse();
			this.clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
		}
	}

	@Test
	void noneIsNone() {
		assertThat(new PromotionLimit(0, this.clock::get).allowsOneMore()).isFalse();
	}

	@Test
	void threadsShareIt() throws Exception {
		PromotionLimit limit = new PromotionLimit(1000, this.clock::get);
		AtomicInteger allowed = new AtomicInteger();
		ExecutorService executor = Executors.newFixedThreadPool(4);
		for (int thread = 0; thread < 4; thread++) {
			executor.execute(() -> {
				for (int i = 0; i < 1000; i++) {
					if (limit.allowsOneMore()) {
						allowed.incrementAndGet();
					}
				}
			});
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(allowed).hasValue(1000);
	}

}
