package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A time from one moment to another. Immutable.
 *
 * @param start its start, nanoseconds
 * @param end its end, nanoseconds, not before its start
 */
record Interval(long start, long end) {

	private static final Comparator<Interval> BY_START = Comparator.comparingLong(Interval::start);

	long length() {
		return this.end - this.start;
	}

	/**
	 * The same times, each moment once.
	 */
	static List<Interval> merged(List<Interval> intervals) {
		List<Interval> sorted = new ArrayList<>(intervals);
		sorted.sort(BY_START);
		List<Interval> merged = new ArrayList<>();
		for (Interval interval : sorted) {
			Interval last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
			if (last != null && interval.start <= last.end) {
				merged.set(merged.size() - 1, new Interval(last.start, Math.max(last.end, interval.end)));
			}
			else {
				merged.add(interval);
			}
		}
		return merged;
	}

	/**
	 * How long times are, each moment counted once.
	 */
	static long total(List<Interval> intervals) {
		long total = 0;
		for (Interval interval : merged(intervals)) {
			total += interval.length();
		}
		return total;
	}

	/**
	 * What is left of times without others.
	 * @param times the times, each moment once and in order
	 * @param others the others, each moment once and in order
	 */
	static List<Interval> difference(List<Interval> times, List<Interval> others) {
		List<Interval> rest = new ArrayList<>();
		int next = 0;
		for (Interval time : times) {
			long from = time.start;
			while (next < others.size() && others.get(next).end <= from) {
				next++;
			}
			int at = next;
			while (at < others.size() && others.get(at).start < time.end) {
				Interval other = others.get(at++);
				if (other.start > from) {
					rest.add(new Interval(from, other.start));
				}
				from = Math.max(from, other.end);
			}
			if (from < time.end) {
				rest.add(new Interval(from, time.end));
			}
		}
		return rest;
	}

}
