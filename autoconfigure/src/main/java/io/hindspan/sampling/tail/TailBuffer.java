package io.hindspan.sampling.tail;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.opentelemetry.sdk.trace.ReadableSpan;

import io.hindspan.core.Bound;

/**
 * The spans of all traces that wait for their decision, within one budget of bytes. A
 * trace joins the queue when its first span begins to wait, and leaves it when it is
 * decided, or when it is the oldest and others need its room. There is no lock over all
 * traces: the budget is a counter, which is never exceeded because room is reserved
 * before it is used. Thread-safe.
 */
final class TailBuffer {

	private static final int ATTEMPTS = 64;

	private static final int SHARES = 4;

	/** More than one, so that a backlog shrinks. */
	private static final int LEAVING = 2;

	private final Queue<LocalTrace> pending = new ConcurrentLinkedQueue<>();

	private final AtomicLong bytes = new AtomicLong();

	private final AtomicLong spans = new AtomicLong();

	private final TailStatistics statistics = new TailStatistics();

	private final long maxBytes;

	private final TailPolicies policies;

	private final Consumer<ReadableSpan> next;

	private final LongSupplier clock;

	TailBuffer(long maxBytes, TailPolicies policies, Consumer<ReadableSpan> next, LongSupplier clock) {
		this.maxBytes = maxBytes;
		this.policies = policies;
		this.next = next;
		this.clock = clock;
	}

	long now() {
		return this.clock.getAsLong();
	}

	TailPolicies policies() {
		return this.policies;
	}

	TailStatistics statistics() {
		return this.statistics;
	}

	/**
	 * The bound that it keeps.
	 */
	Bound bound() {
		return new Bound("Spans of traces that are not decided yet", Bound.Unit.BYTES, bytes(), this.maxBytes,
				this.statistics.spansGivenUp(), "spans given up", "hindspan.sampling.tail.max-buffer-size");
	}

	void handOn(ReadableSpan span) {
		this.next.accept(span);
	}

	/**
	 * Reserves room for a span.
	 * @return {@code false} if there is none
	 */
	boolean reserve(long bytes) {
		long held;
		do {
			held = this.bytes.get();
			if (held + bytes > this.maxBytes) {
				return false;
			}
		}
		while (!this.bytes.compareAndSet(held, held + bytes));
		this.spans.incrementAndGet();
		return true;
	}

	/**
	 * How much one trace may hold, so that one which never ends leaves room for others.
	 */
	long share() {
		return this.maxBytes / SHARES;
	}

	void release(long bytes, int spans) {
		if (spans > 0) {
			this.bytes.addAndGet(-bytes);
			this.spans.addAndGet(-spans);
		}
	}

	/**
	 * Adds a trace whose first span waits. Traces before it that are decided leave, so
	 * that the queue does not grow with the load between two runs of the clean-up.
	 */
	void list(LocalTrace trace) {
		this.pending.add(trace);
		for (int i = 0; i < LEAVING; i++) {
			LocalTrace oldest = this.pending.peek();
			if (oldest == null || !oldest.isDecided()) {
				return;
			}
			this.pending.remove(oldest);
		}
	}

	/**
	 * Gives up the oldest traces until there is room, unless it is for what no trace may
	 * hold.
	 */
	void makeRoom(long bytes) {
		if (bytes > share()) {
			return;
		}
		int givenUp = 0;
		while (givenUp < ATTEMPTS && this.bytes.get() + bytes > this.maxBytes) {
			LocalTrace oldest = this.pending.poll();
			if (oldest == null) {
				return;
			}
			givenUp += oldest.giveUp() ? 1 : 0;
		}
	}

	/**
	 * Decides what is due, and forgets what is decided.
	 */
	void expire(long wait, long slow) {
		long now = now();
		this.pending.removeIf((trace) -> trace.expire(now, wait, slow));
	}

	/**
	 * Decides on everything that waits.
	 */
	void shutDown(long slow) {
		for (LocalTrace trace = this.pending.poll(); trace != null; trace = this.pending.poll()) {
			trace.shutDown(slow);
		}
	}

	long bytes() {
		return this.bytes.get();
	}

	/** How many traces are in the queue, decided ones included. */
	int listed() {
		return this.pending.size();
	}

	long spans() {
		return this.spans.get();
	}

}
