package io.hindspan.cache;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import io.hindspan.core.FaultGuard;

/**
 * Completes as another future does, after somebody was told. Unlike
 * {@link CompletableFuture#whenComplete} it hands on the exception as it is and the
 * cancellation.
 *
 * @param <T> the type of the value
 */
final class ToldFuture<T extends @Nullable Object> extends CompletableFuture<T> {

	private final CompletableFuture<T> source;

	private ToldFuture(CompletableFuture<T> source) {
		this.source = source;
	}

	/**
	 * Tells how a future completes.
	 * @param source the future
	 * @param context what is current for those who wait: after a miss they call the
	 * cached method, often on a thread of the cache's driver
	 * @param guard what keeps faults of the listener away
	 * @param listener who is told, before all who wait for the result of this method
	 * @param <T> the type of the value
	 * @return the future to use in its place
	 */
	static <T extends @Nullable Object> CompletableFuture<T> of(CompletableFuture<T> source, Context context,
			FaultGuard guard, BiConsumer<@Nullable Object, @Nullable Throwable> listener) {
		if (source.isDone()) {
			source.whenComplete((value, failure) -> guard.run(() -> listener.accept(value, failure)));
			return source;
		}
		ToldFuture<T> told = new ToldFuture<>(source);
		source.whenComplete((value, failure) -> {
			guard.run(() -> listener.accept(value, failure));
			try (Scope scope = context.makeCurrent()) {
				if (failure != null) {
					told.completeExceptionally(failure);
				}
				else {
					told.complete(value);
				}
			}
		});
		return told;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		this.source.cancel(mayInterruptIfRunning);
		return super.cancel(mayInterruptIfRunning);
	}

}
