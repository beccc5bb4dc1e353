package io.hindspan.store;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.hindspan.core.Bound;
import io.hindspan.store.SharedValues.SizedSpan;
import io.hindspan.store.disk.DiskTraces;

/**
 * The most recent traces in memory. Thread-safe. Searching does not hold up adding: it
 * sees each trace as it was at some moment of the search.
 * <p>
 * Memory and age are bounded. A trace is forgotten when its last span came longer ago
 * than the age. When there is no room, traces with an error or slow ones are kept the
 * longest, as long as they take no more than three quarters: one is slow that takes at
 * least 10 ms and three times as long as half of its route's, or a second where its route
 * has less than 16. Among the others, or them, the service that takes the most room gives
 * up the oldest trace of the route that takes the most. The only trace of a service, or
 * of a route within it, is the last to go. So no service and no route pushes out others,
 * however often it is called.
 * <p>
 * A trace has a bounded number of spans and takes at most a quarter of the room, a span a
 * sixteenth and at most 1 MiB; what is beyond is rejected and counted. A span that comes
 * twice is taken once.
 */
public final class TraceStore implements AutoCloseable {

	/** How many traces are forgotten before others may have the lock. */
	private static final int EXPIRED_AT_ONCE = 500;

	/** How many traces a search reads from disk. */
	private static final int MAX_READ = 2000;

	private static final String PREFIX = "hindspan.store.";

	private final StoreBounds bounds;

	private final Clock clock;

	/** In milliseconds. */
	private final long maxAge;

	private final @Nullable DiskTraces disk;

	private final SharedValues values;

	/** Of whoever writes; it is never held for longer than a few changes take. */
	private final ReentrantLock lock = new ReentrantLock();

	private volatile StoredTraces traces;

	private volatile long revision;

	private volatile long evictedBySize;

	private volatile long evictedByAge;

	private volatile long rejectedSpans;

	/**
	 * A store with default bounds.
	 */
	public TraceStore() {
		this(StoreBounds.DEFAULT, Clock.systemUTC());
	}

	/**
	 * A store.
	 * @param bounds what it may hold
	 * @param clock tells how old traces are
	 */
	public TraceStore(StoreBounds bounds, Clock clock) {
		this(bounds, clock, null);
	}

	/**
	 * A store that keeps what it is given on disk, too.
	 * @param disk where, which is closed with the store, or {@code null} for nowhere
	 */
	TraceStore(StoreBounds bounds, Clock clock, @Nullable DiskTraces disk) {
		this.bounds = bounds;
		this.clock = clock;
		this.disk = disk;
		this.maxAge = TimeUnit.MILLISECONDS.convert(bounds.maxAge());
		this.values = new SharedValues(bounds.maxBytes());
		this.traces = new StoredTraces(bounds);
	}

	/**
	 * Adds finished spans, of any traces.
	 * @param spans the spans, which the store keeps
	 * @return how many were not taken, since they or their traces are too large for
	 * memory and there is no disk
	 */
	public int add(Collection<SpanRecord> spans) {
		Map<String, List<SpanRecord>> byTrace = new LinkedHashMap<>();
		for (SpanRecord span : spans) {
			byTrace.computeIfAbsent(span.traceId(), (id) -> new ArrayList<>()).add(span);
		}
		List<SizedSpan> added = new ArrayList<>(spans.size());
		int rejected = 0;
		for (Map.Entry<String, List<SpanRecord>> trace : byTrace.entrySet()) {
			rejected += add(trace.getKey(), trace.getValue(), added);
		}
		boolean stored = this.disk != null && this.disk.append(added.stream().map(SizedSpan::span).toList(),
				added.stream().mapToLong(SizedSpan::bytes).sum());
		expire();
		return stored ? 0 : rejected;
	}

	/**
	 * Adds finished spans of a trace.
	 * @param shared where to add the spans as they are in memory, with what they share
	 * @return how many were not taken
	 */
	private int add(String traceId, List<SpanRecord> spans, List<SizedSpan> shared) {
		StoredTrace known = this.traces.find(traceId);
		String id = (known != null) ? known.id() : traceId;
		SharedValues.Sharing sharing = this.values.of(id);
		List<SizedSpan> sized = new ArrayList<>(spans.size());
		for (SpanRecord span : spans) {
			sized.add(sharing.share(span));
		}
		shared.addAll(sized);
		long now = this.clock.millis();
		StoredTraces.Added added;
		this.lock.lock();
		try {
			StoredTraces current = this.traces;
			added = current.add(id, sized, now);
			this.rejectedSpans += added.rejected();
			while (current.isOverfull() && current.evict()) {
				this.evictedBySize++;
			}
			current.publish();
			if (added.added() > 0) {
				this.revision++;
			}
		}
		finally {
			this.lock.unlock();
		}
		return added.rejected();
	}

	private void expire() {
		long before = this.clock.millis() - this.maxAge;
		while (this.traces.oldest() < before) {
			this.lock.lock();
			try {
				StoredTraces current = this.traces;
				for (int i = 0; i < EXPIRED_AT_ONCE && current.expire(before); i++) {
					this.evictedByAge++;
					this.revision++;
				}
				current.publish();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Finds a trace.
	 * @param traceId its id, 32 hexadecimal digits in lower case
	 * @return what is known of it now, or {@code null} if nothing is
	 */
	public @Nullable Trace find(String traceId) {
		expire();
		Trace recent = findInMemory(traceId);
		// What has come after the trace had to make room is in memory alone
		Trace written = (this.disk != null) ? this.disk.find(traceId) : null;
		if (recent == null || written == null) {
			return (recent != null) ? recent : written;
		}
		Map<String, SpanRecord> spans = new LinkedHashMap<>();
		written.spans().forEach((span) -> spans.put(span.spanId(), span));
		recent.spans().forEach((span) -> spans.put(span.spanId(), span));
		return (spans.size() > recent.spans().size()) ? Trace.of(List.copyOf(spans.values())) : recent;
	}

	private @Nullable Trace findInMemory(String traceId) {
		StoredTrace trace = this.traces.find(traceId);
		TraceSummary summary = (trace != null) ? trace.summary() : null;
		return (summary != null) ? summary.trace() : null;
	}

	/**
	 * Searches. Of equal traces the newest comes first. The disk is asked where memory
	 * has fewer traces than are wanted, from its newest on and up to a bound.
	 * @param search what is wanted
	 * @return the answer
	 */
	public TraceMatches search(TraceSearch search) {
		return search(search, SearchTerms.of(search.query()));
	}

	/**
	 * The newest traces in memory.
	 * @param from the earliest start of a trace, nanoseconds since the epoch, or
	 * {@code null}
	 * @param to the latest start of a trace, nanoseconds since the epoch, or {@code null}
	 * @param limit how many to return at the most
	 * @return the traces, by start, the newest first
	 */
	public List<Trace> recent(@Nullable Long from, @Nullable Long to, int limit) {
		expire();
		TraceFinder finder = new TraceFinder(
				new TraceSearch(TraceQuery.parse(""), from, to, TraceSearch.Order.START, false, 0, limit),
				SearchTerms.EVERYTHING);
		finder.look(this.traces);
		return finder.answer(this.revision).traces();
	}

	/**
	 * Searches only where terms lead to.
	 * @param terms the query of the search, as the index sees it
	 */
	TraceMatches search(TraceSearch search, SearchTerms terms) {
		expire();
		// Before anything is read, so that what changes meanwhile is news
		long revision = this.revision;
		StoredTraces current = this.traces;
		TraceFinder finder = new TraceFinder(search, terms);
		finder.look(current);
		if (this.disk != null && finder.missing() > 0) {
			finder.add(this.disk.scan(search.query(), search.from(), search.to(), (id) -> current.find(id) != null,
					finder.missing(), MAX_READ));
		}
		return finder.answer(revision);
	}

	/**
	 * Forgets all traces.
	 */
	public void clear() {
		this.lock.lock();
		try {
			this.traces = new StoredTraces(this.bounds);
			this.revision++;
		}
		finally {
			this.lock.unlock();
		}
		if (this.disk != null) {
			this.disk.clear();
		}
	}

	/**
	 * A number that grows with every change.
	 * @return the number of the last change
	 */
	public long revision() {
		expire();
		return this.revision;
	}

	/**
	 * The bounds that are kept, in memory and on disk.
	 */
	List<Bound> bounds() {
		StoreStatus status = status();
		List<Bound> bounds = new ArrayList<>();
		bounds.add(new Bound("Traces in memory", Bound.Unit.BYTES, status.bytes(), status.maxBytes(),
				status.evictedBySize(), "traces forgotten", PREFIX + "max-size"));
		bounds.add(new Bound("Spans of a trace in memory", Bound.Unit.SPANS, (long) this.traces.mostSpans(),
				this.bounds.maxSpansPerTrace(), status.rejectedSpans(), "spans not taken",
				PREFIX + "max-spans-per-trace"));
		if (this.disk != null) {
			bounds.addAll(this.disk.bounds());
		}
		return bounds;
	}

	/**
	 * What it holds, and its bounds.
	 * @return the figures of this moment
	 */
	public StoreStatus status() {
		expire();
		StoredTraces current = this.traces;
		return new StoreStatus(current.traces(), current.spans(), current.bytes(), this.bounds.maxBytes(),
				this.evictedBySize, this.evictedByAge, this.rejectedSpans, this.revision,
				(this.disk != null) ? this.disk.status() : null);
	}

	/**
	 * Writes what has not been written yet. What is added afterwards stays in memory
	 * only.
	 */
	@Override
	public void close() {
		if (this.disk != null) {
			this.disk.close();
		}
	}

	/**
	 * How many values of traces were not indexed, so that a search for them reads more.
	 */
	long unindexed() {
		return this.traces.leftOut();
	}

}
