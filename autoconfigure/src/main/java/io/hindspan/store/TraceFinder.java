package io.hindspan.store;

import java.util.ArrayList;
import java.util.List;

import io.hindspan.store.disk.DiskScan;

/**
 * Runs a search. Used by one thread.
 */
final class TraceFinder {

	private final TraceSearch search;

	private final SearchTerms terms;

	private final FirstTraces first;

	private final DurationHistogram histogram = new DurationHistogram();

	private int total;

	TraceFinder(TraceSearch search, SearchTerms terms) {
		this.search = search;
		this.terms = terms;
		this.first = new FirstTraces(search.order(), search.ascending(),
				(int) Math.min(Integer.MAX_VALUE, (long) search.offset() + search.limit()));
	}

	/**
	 * Looks at the traces in memory.
	 */
	void look(StoredTraces traces) {
		traces.forEach(this.terms.required(), this::consider);
	}

	/**
	 * How many traces are wanted besides those that were found.
	 */
	int missing() {
		return (int) Math.max(0,
				Math.min(Integer.MAX_VALUE, (long) this.search.offset() + this.search.limit()) - this.total);
	}

	/**
	 * Adds what was found on disk, all of which matches.
	 */
	void add(DiskScan scan) {
		for (Trace trace : scan.traces()) {
			SpanRecord[] spans = trace.spans().toArray(SpanRecord[]::new);
			found(new TraceSummary(spans, spans.length, trace.start(), trace.end(), trace.errors()));
		}
	}

	TraceMatches answer(long revision) {
		List<TraceSummary> first = this.first.toList();
		List<Trace> part = new ArrayList<>();
		for (int i = this.search.offset(); i < first.size(); i++) {
			part.add(first.get(i).trace());
		}
		return new TraceMatches(List.copyOf(part), this.total, this.histogram.toHistogram(), revision);
	}

	private void consider(TraceSummary summary) {
		long duration = summary.duration();
		if ((this.search.from() != null && summary.start() < this.search.from())
				|| (this.search.to() != null && summary.start() > this.search.to())
				|| duration < this.terms.minDuration()) {
			return;
		}
		if (this.terms.isEverything() || this.terms.matches(summary.trace())) {
			found(summary);
		}
	}

	private void found(TraceSummary summary) {
		this.total++;
		this.first.add(summary);
		this.histogram.add(summary.duration(), summary.errors() > 0);
	}

}
