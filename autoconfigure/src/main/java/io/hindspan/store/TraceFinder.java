package io.hindspan.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import io.hindspan.store.TraceSearch.Order;

/**
 * Runs a search. Used by one thread.
 */
final class TraceFinder {

	/** From here on it is not worth while to sort a part only. */
	private static final int LARGE_PART = 8;

	private static final Comparator<TraceSummary> NEWEST_FIRST = Comparator.comparingLong(TraceSummary::start)
		.reversed()
		.thenComparing(TraceSummary::id);

	private final TraceSearch search;

	private final SearchTerms terms;

	private final List<TraceSummary> found = new ArrayList<>();

	private final DurationHistogram histogram = new DurationHistogram();

	TraceFinder(TraceSearch search, SearchTerms terms) {
		this.search = search;
		this.terms = terms;
	}

	TraceMatches find(StoredTraces traces, long revision) {
		traces.forEach(this.terms.required(), this::consider);
		List<Trace> part = new ArrayList<>();
		for (TraceSummary summary : part()) {
			part.add(summary.trace());
		}
		return new TraceMatches(List.copyOf(part), this.found.size(), this.histogram.toHistogram(), revision);
	}

	private void consider(TraceSummary summary) {
		long duration = summary.duration();
		if ((this.search.from() != null && summary.start() < this.search.from())
				|| (this.search.to() != null && summary.start() > this.search.to())
				|| duration < this.terms.minDuration()) {
			return;
		}
		if (this.terms.isEverything() || this.terms.matches(summary.trace())) {
			this.found.add(summary);
			this.histogram.add(duration, summary.errors() > 0);
		}
	}

	private List<TraceSummary> part() {
		int size = this.found.size();
		int from = Math.min(this.search.offset(), size);
		int to = (int) Math.min((long) from + this.search.limit(), size);
		if (from == to) {
			return List.of();
		}
		Comparator<TraceSummary> order = order(this.search.order(), this.search.ascending());
		if (to >= size / LARGE_PART) {
			this.found.sort(order);
			return this.found.subList(from, to);
		}
		// The last of those that are first is at the head
		PriorityQueue<TraceSummary> first = new PriorityQueue<>(to + 1, order.reversed());
		for (TraceSummary summary : this.found) {
			if (first.size() < to) {
				first.add(summary);
			}
			else if (order.compare(summary, first.peek()) < 0) {
				first.poll();
				first.add(summary);
			}
		}
		List<TraceSummary> sorted = new ArrayList<>(first);
		sorted.sort(order);
		return sorted.subList(from, to);
	}

	private static Comparator<TraceSummary> order(Order order, boolean ascending) {
		if (order == Order.START && !ascending) {
			return NEWEST_FIRST;
		}
		Comparator<TraceSummary> comparator = switch (order) {
			case START -> Comparator.comparingLong(TraceSummary::start);
			case DURATION -> Comparator.comparingLong(TraceSummary::duration);
			case SPANS -> Comparator.comparingInt(TraceSummary::count);
			case ERRORS -> Comparator.comparingInt(TraceSummary::errors);
		};
		return (ascending ? comparator : comparator.reversed()).thenComparing(NEWEST_FIRST);
	}

}
