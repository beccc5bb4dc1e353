package io.hindspan.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.hindspan.store.TraceMatches.Histogram;

/**
 * Counts durations in buckets that end at 1, 2, 5, 10, 20, 50 and so on. A duration of
 * just a bound counts below it.
 */
final class DurationHistogram {

	private static final long[] BOUNDS = bounds();

	private final int[] counts = new int[BOUNDS.length + 1];

	private final int[] errors = new int[BOUNDS.length + 1];

	private int first = Integer.MAX_VALUE;

	private int last = -1;

	private static long[] bounds() {
		List<Long> bounds = new ArrayList<>();
		for (long power = 1; power <= 100_000_000_000_000_000L; power *= 10) {
			bounds.addAll(List.of(power, 2 * power, 5 * power));
		}
		return bounds.stream().mapToLong(Long::longValue).toArray();
	}

	void add(long duration, boolean error) {
		int index = Arrays.binarySearch(BOUNDS, duration);
		int bucket = (index >= 0) ? index : -index - 1;
		this.counts[bucket]++;
		if (error) {
			this.errors[bucket]++;
		}
		this.first = Math.min(this.first, bucket);
		this.last = Math.max(this.last, bucket);
	}

	/**
	 * From the first bucket with a duration to the last one; two at the least, unless
	 * there is no duration.
	 */
	Histogram toHistogram() {
		if (this.last < 0) {
			return new Histogram(List.of(), List.of(0), List.of(0));
		}
		int from = Math.min(this.first, BOUNDS.length - 1);
		int to = Math.max(this.last, from + 1);
		return new Histogram(Arrays.stream(BOUNDS, from, to).boxed().toList(),
				Arrays.stream(this.counts, from, to + 1).boxed().toList(),
				Arrays.stream(this.errors, from, to + 1).boxed().toList());
	}

}
