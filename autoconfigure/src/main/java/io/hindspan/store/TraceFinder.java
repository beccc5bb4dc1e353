package io.hindspan.store;

import java.util.ArrayList;
import java.util.List;

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

	TraceMatches find(StoredTraces traces, long revision) {
		traces.forEach(this.terms.required(), this::consider);
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
			this.total++;
			this.first.add(summary);
			this.histogram.add(duration, summary.errors() > 0);
		}
	}

}
