package io.hindspan.sampling;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.hindspan.sampling.ForcedTraceStatistics.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for nonces that are good for once.
 */
class UsedNoncesTests {

	private final UsedNonces nonces = new UsedNonces(3);

	@Test
	void nonceIsGoodForOnce() {
		assertThat(this.nonces.use("a", 100, 0)).isEqualTo(Outcome.ACCEPTED);
		assertThat(this.nonces.use("a", 100, 99)).isEqualTo(Outcome.REPLAYED);
		assertThat(this.nonces.use("a", 200, 99)).isEqualTo(Outcome.REPLAYED);
		assertThat(this.nonces.use("b", 100, 99)).isEqualTo(Outcome.ACCEPTED);
	}

	@Test
	void beyondItsRoomNoneIsGoodUntilOthersExpire() {
		this.nonces.use("a", 10, 0);
		this.nonces.use("b", 20, 0);
		this.nonces.use("c", 20, 0);
		assertThat(this.nonces.use("d", 100, 9)).isEqualTo(Outcome.FULL);
		assertThat(this.nonces.size()).isEqualTo(3);
		assertThat(this.nonces.use("d", 100, 10)).isEqualTo(Outcome.ACCEPTED);
		assertThat(this.nonces.use("e", 100, 10)).isEqualTo(Outcome.FULL);
		assertThat(this.nonces.use("e", 100, 20)).isEqualTo(Outcome.ACCEPTED);
		assertThat(this.nonces.use("b", 100, 20)).isEqualTo(Outcome.ACCEPTED);
		assertThat(this.nonces.size()).isEqualTo(3);
	}

	@Test
	void oneOfManyThreadsUsesANonce() throws Exception {
		int threads = 4;
		int rounds = 2000;
		int capacity = 500;
		UsedNonces nonces = new UsedNonces(capacity);
		ForcedTraceStatistics statistics = new ForcedTraceStatistics();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CyclicBarrier together = new CyclicBarrier(threads);
		for (int thread = 0; thread < threads; thread++) {
			executor.submit(() -> {
				for (int i = 0; i < rounds; i++) {
					together.await();
					statistics.count(nonces.use("nonce" + i, i + 100, i));
				}
				return null;
			});
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(statistics.of(Outcome.ACCEPTED)).isEqualTo(rounds);
		assertThat(statistics.of(Outcome.REPLAYED)).isEqualTo((long) rounds * (threads - 1));
		assertThat(nonces.size()).isLessThanOrEqualTo(capacity);
	}

	@Test
	void threadsDoNotGoBeyondItsRoom() throws Exception {
		int threads = 4;
		UsedNonces nonces = new UsedNonces(100);
		ForcedTraceStatistics statistics = new ForcedTraceStatistics();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		for (int thread = 0; thread < threads; thread++) {
			String prefix = thread + "-";
			executor.execute(() -> {
				for (int i = 0; i < 1000; i++) {
					statistics.count(nonces.use(prefix + i, 100, 0));
				}
			});
		}
		executor.shutdown();
		assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(statistics.of(Outcome.ACCEPTED)).isEqualTo(100);
		assertThat(statistics.of(Outcome.FULL)).isEqualTo(3900);
	}

}
