package io.hindspan.store;

import org.jspecify.annotations.Nullable;

/**
 * A search: what is asked of traces, of what time, and which part of the answer is
 * wanted. Immutable.
 *
 * @param query what is asked
 * @param from the earliest start of a trace, nanoseconds since the epoch, or {@code null}
 * @param to the latest start of a trace, nanoseconds since the epoch, or {@code null}
 * @param order the order of the answer
 * @param ascending whether the smallest comes first
 * @param offset how many traces to leave out at the beginning, 0 or more
 * @param limit how many traces to return at the most, 1 or more
 */
public record TraceSearch(TraceQuery query, @Nullable Long from, @Nullable Long to, Order order, boolean ascending,
		int offset, int limit) {

	/**
	 * What an answer is sorted by.
	 */
	public enum Order {

		/** The time of the trace's start. */
		START,

		/** The trace's duration. */
		DURATION,

		/** The number of its spans. */
		SPANS,

		/** The number of its errors. */
		ERRORS

	}

}
