package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;

/**
 * Works on an order, and returns when that is done.
 */
@FunctionalInterface
interface Worker {

	/**
	 * Works.
	 * @param order the order
	 * @param traceParent the header that came with it
	 */
	void work(Order order, @Nullable String traceParent);

}
