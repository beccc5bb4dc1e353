package io.hindspan.r2dbc;

import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.observability.SignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Watches the publishers of a driver. A {@code Mono} stays one, since who takes the first
 * element of anything else cancels the rest.
 */
final class TracedPublishers {

	private static final Logger logger = LoggerFactory.getLogger(TracedPublishers.class);

	private TracedPublishers() {
	}

	/**
	 * Replaces the elements of a publisher and listens to it, for each subscription anew.
	 * @param source the publisher
	 * @param watch makes the watch of a subscription, or {@code null} for none, from the
	 * context of the subscriber
	 * @param <T> the type of the elements
	 * @return the watched publisher
	 */
	@SuppressWarnings("unchecked")
	static <T> Publisher<T> watch(Publisher<? extends T> source, Function<ContextView, @Nullable Watch<T>> watch) {
		if (source instanceof Mono<? extends T>) {
			Mono<T> mono = (Mono<T>) source;
			return Mono.deferContextual((context) -> {
				Watch<T> started = start(watch, context);
				return (started != null)
						? mono.map(started.replacement()).tap(started::listener).contextWrite(started.context()) : mono;
			});
		}
		Flux<T> flux = Flux.from(source);
		return Flux.deferContextual((context) -> {
			Watch<T> started = start(watch, context);
			return (started != null)
					? flux.map(started.replacement()).tap(started::listener).contextWrite(started.context()) : flux;
		});
	}

	/**
	 * For example an application that is shutting down makes no more beans.
	 */
	private static <T> @Nullable Watch<T> start(Function<ContextView, @Nullable Watch<T>> watch, ContextView context) {
		try {
			return watch.apply(context);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not watch a publisher", ex);
			return null;
		}
	}

	static <T> Publisher<T> listen(Publisher<T> source, Supplier<SignalListener<T>> listener) {
		return (source instanceof Mono<T> mono) ? mono.tap(listener) : Flux.from(source).tap(listener);
	}

	static Publisher<Void> before(Publisher<Void> source, Runnable action) {
		return (source instanceof Mono<Void> mono) ? mono.doFirst(action) : Flux.from(source).doFirst(action);
	}

	/**
	 * What is done with one subscription.
	 *
	 * @param replacement gives what takes the place of an element
	 * @param listener is told of the signals
	 * @param context gives the context that the source sees
	 * @param <T> the type of the elements
	 */
	record Watch<T>(Function<T, T> replacement, SignalListener<T> listener, Function<Context, Context> context) {

		Watch(Function<T, T> replacement, SignalListener<T> listener) {
			this(replacement, listener, Function.identity());
		}

	}

}
