package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spans in the order of their start.
 */
final class Sequence {

	static final Comparator<SpanNode> BY_START = Comparator.comparingLong(SpanNode::start)
		.thenComparingLong(SpanNode::end)
		.thenComparingInt((node) -> node.place);

	private static final long OVERLAP = 50_000;

	private static final int MAX_CANDIDATES = 30;

	private Sequence() {
	}

	/**
	 * Those of many groups of spans that took longest, so that the work on them is
	 * bounded however many there are.
	 */
	static List<List<SpanNode>> longest(Collection<List<SpanNode>> groups) {
		List<List<SpanNode>> sorted = new ArrayList<>(groups);
		if (sorted.size() > MAX_CANDIDATES) {
			Map<List<SpanNode>, Long> totals = new IdentityHashMap<>();
			sorted.forEach((group) -> totals.put(group, totalDuration(group)));
			sorted.sort(Comparator.comparingLong((List<SpanNode> group) -> totals.getOrDefault(group, 0L)).reversed());
			return sorted.subList(0, MAX_CANDIDATES);
		}
		return sorted;
	}

	/**
	 * Those of the spans that began when the one before had ended.
	 */
	static List<SpanNode> oneAfterAnother(List<SpanNode> spans) {
		List<SpanNode> sorted = new ArrayList<>(spans);
		sorted.sort(BY_START);
		List<SpanNode> sequence = new ArrayList<>();
		long end = Long.MIN_VALUE / 2;
		for (SpanNode span : sorted) {
			if (span.start() >= end - OVERLAP) {
				sequence.add(span);
				end = span.end();
			}
		}
		return sequence;
	}

	/**
	 * Whether nearly all of the spans ran one after the other.
	 */
	static boolean isSerial(List<SpanNode> spans) {
		return oneAfterAnother(spans).size() >= 0.8 * spans.size();
	}

	static long medianDuration(List<SpanNode> spans) {
		return median(spans.stream().mapToLong(SpanNode::duration).sorted().toArray());
	}

	/**
	 * The median of the times between one span and the next of a sequence.
	 */
	static long medianGap(List<SpanNode> sequence) {
		long[] gaps = new long[Math.max(0, sequence.size() - 1)];
		for (int i = 0; i < gaps.length; i++) {
			gaps[i] = Math.max(0, sequence.get(i + 1).start() - sequence.get(i).end());
		}
		Arrays.sort(gaps);
		return median(gaps);
	}

	private static long median(long[] sorted) {
		return (sorted.length > 0) ? sorted[sorted.length / 2] : 0;
	}

	static long totalDuration(List<SpanNode> spans) {
		return spans.stream().mapToLong(SpanNode::duration).sum();
	}

}
