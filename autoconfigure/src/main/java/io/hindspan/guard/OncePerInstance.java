package io.hindspan.guard;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Keeps what instances have become, so that spans that share one go on sharing one, by
 * which exporters group them. Bounded: when it is full it starts anew. Thread-safe.
 *
 * @param <T> the type of the instances
 */
final class OncePerInstance<T> {

	private static final int MAX_SIZE = 256;

	private final Map<T, T> results = new IdentityHashMap<>();

	synchronized T get(T instance, UnaryOperator<T> change) {
		T result = this.results.get(instance);
		if (result == null) {
			result = change.apply(instance);
			if (this.results.size() >= MAX_SIZE) {
				this.results.clear();
			}
			this.results.put(instance, result);
		}
		return result;
	}

}
