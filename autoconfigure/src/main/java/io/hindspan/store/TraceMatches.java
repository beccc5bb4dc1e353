package io.hindspan.store;

import java.util.List;

/**
 * The answer to a search. Immutable.
 *
 * @param traces the part of the answer that was wanted, in its order
 * @param total how many traces match in all; of those on disk, as far as they were read
 * @param histogram the durations of all that match
 * @param revision the revision of the store that was searched
 */
public record TraceMatches(List<Trace> traces, int total, Histogram histogram, long revision) {

	/**
	 * How many traces took how long. Immutable.
	 *
	 * @param bounds the upper bounds of all buckets but the last, nanoseconds, ascending
	 * @param counts the number of traces in each bucket
	 * @param errors how many of them have an error
	 */
	public record Histogram(List<Long> bounds, List<Integer> counts, List<Integer> errors) {

	}

}
