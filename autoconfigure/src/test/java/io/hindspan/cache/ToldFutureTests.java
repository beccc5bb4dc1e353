package io.hindspan.cache;

import java.util.concurrent.CompletableFuture;

import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;

import io.hindspan.core.FaultGuard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link ToldFuture}.
 */
class ToldFutureTests {

	private final CompletableFuture<String> source = new CompletableFuture<>();

	private final CompletableFuture<String> told = ToldFuture.of(this.source, Context.root(),
			new FaultGuard("the test"), (value, failure) -> {
				throw new IllegalStateException("own fault");
			});

	@Test
	void completesWhateverItsListenerDoes() {
		this.source.complete("result");
		assertThat(this.told).isCompletedWithValue("result");
	}

	@Test
	void failsWhateverItsListenerDoes() {
		IllegalArgumentException failure = new IllegalArgumentException("the cache's");
		this.source.completeExceptionally(failure);
		assertThat(this.told).isCompletedExceptionally();
		assertThat(catchThrowable(this.told::join)).hasCause(failure);
	}

}
