package io.hindspan.store;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SharedValues.SizedSpan;
import io.hindspan.store.TraceQuery.Term;

/**
 * The traces with their index. Written by one thread at a time, read by any: readers see
 * each trace as it was at some moment of their reading.
 */
final class StoredTraces {

	private static final List<String> TRACE_ID = List.of(SearchTerms.TRACE_ID);

	private final StoreBounds bounds;

	private final Map<String, StoredTrace> byId = new ConcurrentHashMap<>();

	private final SlotTable slots = new SlotTable();

	private final Postings postings;

	private final FairShares shares = new FairShares();

	private final UsualDurations usual = new UsualDurations();

	/** The one whose last span came first is first. */
	private final Set<StoredTrace> byAge = new LinkedHashSet<>();

	private long traceBytes;

	private volatile long bytes;

	private int spanCount;

	private volatile int spans;

	private volatile int traceCount;

	private volatile long oldest = Long.MAX_VALUE;

	StoredTraces(StoreBounds bounds) {
		this.bounds = bounds;
		this.postings = new Postings(this.slots, bounds.maxIndexBytes());
	}

	/**
	 * Adds spans of a trace.
	 * @param now the time, milliseconds since the epoch
	 * @return how many were added, and how many rejected
	 */
	Added add(String traceId, List<SizedSpan> spans, long now) {
		StoredTrace known = this.byId.get(traceId);
		StoredTrace trace = (known != null) ? known : create(traceId);
		long before = trace.bytes();
		SpanRecord namedBefore = trace.naming();
		int added = 0;
		int rejected = 0;
		for (SizedSpan sized : spans) {
			if (!hasRoom(trace, sized)) {
				rejected++;
			}
			else if (trace.add(sized.span(), sized.bytes())) {
				index(trace, sized.span());
				added++;
			}
		}
		SpanRecord naming = trace.naming();
		if (added > 0 && naming != null) {
			trace.publish();
			this.byId.putIfAbsent(traceId, trace);
			this.spanCount += added;
			this.traceBytes += trace.bytes() - ((known != null) ? before : 0);
			if (trace.share() != null) {
				trace.share().change(trace.bytes() - before);
			}
			classify(trace, naming, naming != namedBefore);
			trace.touch(now);
			this.byAge.remove(trace);
			this.byAge.add(trace);
		}
		else if (known == null) {
			this.slots.release(trace.slot());
		}
		return new Added(added, rejected);
	}

	private StoredTrace create(String traceId) {
		StoredTrace trace = new StoredTrace(traceId, this.slots.take());
		// Before it has terms, since the index drops slots without a trace
		this.slots.set(trace.slot(), trace);
		return trace;
	}

	private boolean hasRoom(StoredTrace trace, SizedSpan sized) {
		return sized.bytes() <= this.bounds.maxSpanBytes() && trace.count() < this.bounds.maxSpansPerTrace()
				&& trace.bytes() + sized.bytes() <= this.bounds.maxTraceBytes();
	}

	private void classify(StoredTrace trace, SpanRecord naming, boolean named) {
		if (trace.errors() > 0 || this.usual.isSlow(naming, trace.duration())) {
			trace.markNotable();
		}
		if (named && isEntry(naming)) {
			this.usual.learn(naming, trace.duration());
		}
		this.shares.place(trace, naming);
	}

	/**
	 * Whether a span is the first of its service in the trace, which ends after most
	 * others.
	 */
	private static boolean isEntry(SpanRecord span) {
		return span.parentId() == null || span.kind() == SpanKind.SERVER || span.kind() == SpanKind.CONSUMER;
	}

	private void index(StoredTrace trace, SpanRecord span) {
		this.postings.add(trace, SearchTerms.NAME, span.name());
		this.postings.add(trace, SearchTerms.STATUS, span.status().name().toLowerCase(Locale.ROOT));
		this.postings.add(trace, SearchTerms.KIND, span.kind().name().toLowerCase(Locale.ROOT));
		if (!trace.isIndexed(span.origin())) {
			this.postings.add(trace, SearchTerms.SERVICE, span.service());
			index(trace, span.origin().resource());
		}
		index(trace, span.attributes());
		for (SpanRecord.Event event : span.events()) {
			index(trace, event.attributes());
		}
	}

	private void index(StoredTrace trace, Attributes attributes) {
		attributes
			.forEach((key, value) -> AttributeText.each(value, (text) -> this.postings.add(trace, key.getKey(), text)));
	}

	/**
	 * Forgets the trace that goes first for want of room.
	 * @return whether there was one
	 */
	boolean evict() {
		StoredTrace trace = this.shares.victim();
		if (trace == null) {
			return false;
		}
		remove(trace);
		return true;
	}

	boolean isOverfull() {
		return total() > this.bounds.maxBytes();
	}

	/**
	 * Forgets a trace whose last span came before a time.
	 * @return whether there was one
	 */
	boolean expire(long before) {
		if (this.byAge.isEmpty()) {
			return false;
		}
		StoredTrace first = this.byAge.iterator().next();
		if (first.touched() >= before) {
			return false;
		}
		remove(first);
		return true;
	}

	/**
	 * When the last span of that trace came that waits for one the longest, milliseconds
	 * since the epoch.
	 */
	long oldest() {
		return this.oldest;
	}

	private void remove(StoredTrace trace) {
		this.byId.remove(trace.id());
		this.slots.release(trace.slot());
		this.postings.remove(trace);
		this.shares.remove(trace);
		this.byAge.remove(trace);
		this.traceBytes -= trace.bytes();
		this.spanCount -= trace.count();
	}

	private long total() {
		return this.traceBytes + this.postings.bytes() + this.shares.bytes();
	}

	/**
	 * Lets others see the figures, once all bounds are kept.
	 */
	void publish() {
		this.bytes = total();
		this.spans = this.spanCount;
		this.traceCount = this.byId.size();
		this.oldest = this.byAge.isEmpty() ? Long.MAX_VALUE : this.byAge.iterator().next().touched();
	}

	@Nullable StoredTrace find(String traceId) {
		return this.byId.get(traceId);
	}

	/**
	 * Visits all traces that may have all of some terms, and perhaps others.
	 */
	void forEach(List<Term> terms, Consumer<TraceSummary> action) {
		BitSet candidates = null;
		for (Term term : terms) {
			if (term.keys().equals(TRACE_ID)) {
				visit(this.byId.get(term.value()), action);
				return;
			}
			BitSet having = candidates(term);
			if (candidates == null) {
				candidates = having;
			}
			else if (having != null) {
				candidates.and(having);
			}
		}
		if (candidates != null) {
			candidates.stream().forEach((slot) -> visit(this.slots.get(slot), action));
			return;
		}
		// The newest are at the end, and most often asked for
		for (int slot = this.slots.size() - 1; slot >= 0; slot--) {
			visit(this.slots.get(slot), action);
		}
	}

	private @Nullable BitSet candidates(Term term) {
		BitSet candidates = new BitSet();
		for (String key : term.keys()) {
			BitSet having = this.postings.candidates(key, term.value());
			if (having == null) {
				return null;
			}
			candidates.or(having);
		}
		return candidates;
	}

	private static void visit(@Nullable StoredTrace trace, Consumer<TraceSummary> action) {
		TraceSummary summary = (trace != null) ? trace.summary() : null;
		if (summary != null) {
			action.accept(summary);
		}
	}

	int traces() {
		return this.traceCount;
	}

	int spans() {
		return this.spans;
	}

	/**
	 * How many spans the trace with the most of them has.
	 */
	int mostSpans() {
		int most = 0;
		for (StoredTrace trace : this.byId.values()) {
			TraceSummary summary = trace.summary();
			most = Math.max(most, (summary != null) ? summary.count() : 0);
		}
		return most;
	}

	long bytes() {
		return this.bytes;
	}

	/**
	 * How many terms of traces are not indexed.
	 */
	long leftOut() {
		return this.postings.leftOut();
	}

	/**
	 * What became of spans.
	 *
	 * @param added how many were added
	 * @param rejected how many were not, for want of room in their trace
	 */
	record Added(int added, int rejected) {

	}

}
