package io.hindspan.explorer;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.TraceAnalysis;
import io.hindspan.store.Trace;

/**
 * What was found in traces that somebody looks at, until they change. Bounded by the
 * number of spans that it keeps from being forgotten. Thread-safe.
 */
final class Analyses {

	private static final int MOST_SPANS = 20_000;

	private final Map<String, Analysed> analyses = new LinkedHashMap<>(16, 0.75f, true);

	private int spans;

	TraceAnalysis of(Trace trace) {
		Analysed known = find(trace);
		if (known != null) {
			return known.analysis();
		}
		TraceAnalysis analysis = TraceAnalysis.of(trace);
		add(new Analysed(trace, analysis));
		return analysis;
	}

	private synchronized @Nullable Analysed find(Trace trace) {
		Analysed known = this.analyses.get(trace.id());
		return (known != null && known.trace().spans().equals(trace.spans())) ? known : null;
	}

	private synchronized void add(Analysed analysed) {
		Analysed before = this.analyses.put(analysed.trace().id(), analysed);
		this.spans += analysed.size() - ((before != null) ? before.size() : 0);
		Iterator<Analysed> oldest = this.analyses.values().iterator();
		while (this.spans > MOST_SPANS && oldest.hasNext()) {
			this.spans -= oldest.next().size();
			oldest.remove();
		}
	}

	synchronized void clear() {
		this.analyses.clear();
		this.spans = 0;
	}

	synchronized int spans() {
		return this.spans;
	}

	private record Analysed(Trace trace, TraceAnalysis analysis) {

		int size() {
			return this.trace.spans().size();
		}

	}

}
