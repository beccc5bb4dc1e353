package io.hindspan.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The most recent traces in memory. Thread-safe.
 */
public final class TraceStore {

	private final Map<String, List<SpanRecord>> traces = new LinkedHashMap<>();

	private long revision;

	/**
	 * Adds finished spans, of any traces.
	 * @param spans the spans, which the store keeps
	 */
	public synchronized void add(Collection<SpanRecord> spans) {
		for (SpanRecord span : spans) {
			this.traces.computeIfAbsent(span.traceId(), (id) -> new ArrayList<>()).add(span);
			this.revision++;
		}
	}

	/**
	 * Finds a trace.
	 * @param traceId its id, 32 hexadecimal digits in lower case
	 * @return what is known of it now, or {@code null} if nothing is
	 */
	public synchronized @Nullable Trace find(String traceId) {
		List<SpanRecord> spans = this.traces.get(traceId);
		return (spans != null) ? Trace.of(spans) : null;
	}

	/**
	 * Searches.
	 * @param search what is wanted
	 * @return the answer
	 */
	public synchronized TraceMatches search(TraceSearch search) {
		List<Trace> found = new ArrayList<>();
		for (List<SpanRecord> spans : this.traces.values()) {
			Trace trace = Trace.of(spans);
			if (search.query().matches(trace)) {
				found.add(trace);
			}
		}
		found.sort(Comparator.comparingLong(Trace::start).reversed());
		int from = Math.min(search.offset(), found.size());
		int to = Math.min(from + search.limit(), found.size());
		return new TraceMatches(List.copyOf(found.subList(from, to)), found.size(),
				new TraceMatches.Histogram(List.of(), List.of(found.size()), List.of(0)), this.revision);
	}

	/**
	 * Forgets all traces.
	 */
	public synchronized void clear() {
		this.traces.clear();
		this.revision++;
	}

	/**
	 * A number that grows with every change.
	 * @return the number of the last change
	 */
	public synchronized long revision() {
		return this.revision;
	}

	/**
	 * What it holds, and its bounds.
	 * @return the figures of this moment
	 */
	public synchronized StoreStatus status() {
		return new StoreStatus(this.traces.size(), 0, 0, 0, 0, 0, 0, this.revision);
	}

}
