package io.hindspan.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hindspan.store.TraceSearch.Order;

/**
 * The first of many traces in an order. Of equal ones the newest is first. Used by one
 * thread.
 */
final class FirstTraces {

	private static final int SMALLEST_BUFFER = 64;

	private final Order order;

	private final boolean ascending;

	private final int wanted;

	private final int capacity;

	private final Comparator<TraceSummary> comparator = this::compare;

	private final List<TraceSummary> traces = new ArrayList<>();

	/** The last of those that were wanted when there were enough. */
	private @Nullable TraceSummary last;

	FirstTraces(Order order, boolean ascending, int wanted) {
		this.order = order;
		this.ascending = ascending;
		this.wanted = wanted;
		this.capacity = (int) Math.min(Integer.MAX_VALUE, Math.max(SMALLEST_BUFFER, 4L * wanted));
	}

	void add(TraceSummary trace) {
		if (this.last != null && compare(trace, this.last) > 0) {
			return;
		}
		this.traces.add(trace);
		if (this.traces.size() >= this.capacity) {
			prune();
			this.last = this.traces.isEmpty() ? trace : this.traces.get(this.traces.size() - 1);
		}
	}

	private void prune() {
		this.traces.sort(this.comparator);
		if (this.traces.size() > this.wanted) {
			this.traces.subList(this.wanted, this.traces.size()).clear();
		}
	}

	/**
	 * Those that are wanted, in their order.
	 */
	List<TraceSummary> toList() {
		prune();
		return List.copyOf(this.traces);
	}

	private int compare(TraceSummary one, TraceSummary other) {
		int result = Long.compare(key(one), key(other));
		if (result == 0) {
			result = Long.compare(other.start(), one.start());
			return (result != 0) ? result : one.id().compareTo(other.id());
		}
		return this.ascending ? result : -result;
	}

	private long key(TraceSummary trace) {
		return switch (this.order) {
			case START -> trace.start();
			case DURATION -> trace.duration();
			case SPANS -> trace.count();
			case ERRORS -> trace.errors();
		};
	}

}
