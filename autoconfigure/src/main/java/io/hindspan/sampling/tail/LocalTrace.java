package io.hindspan.sampling.tail;

import java.util.Arrays;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import io.hindspan.sampling.KeptSpan;
import io.hindspan.sampling.TraceSpans;

/**
 * The part of one trace beneath one local root, from its first span until it is decided:
 * the verdict on it, and the ended spans that wait for that. Thread-safe.
 * <p>
 * Its lock is held for a few field accesses at a time, never while another one is held,
 * and never while spans are handed on or policies are asked. What follows from that: a
 * span that ends while the spans before it are being handed on may be exported before
 * them, which no receiver minds.
 */
final class LocalTrace implements TraceSpans {

	static final AttributeKey<String> REASON = AttributeKey.stringKey("sampling.reason");

	static final AttributeKey<Long> LOST = AttributeKey.longKey("sampling.lost_spans");

	private static final SpanData[] NONE = {};

	private static final int FIRST_CAPACITY = 8;

	private final TailBuffer buffer;

	private volatile Decision decision = Decision.PENDING;

	private @Nullable String reason;

	private volatile @Nullable ReadableSpan root;

	private volatile @Nullable String rootSpanId;

	/** A little later than the local root's own begin. */
	private long begin;

	private boolean rootEnded;

	private long rootEnd;

	/** Spans that have begun and not ended. */
	private int open;

	private SpanData[] waiting = NONE;

	private int size;

	private long bytes;

	/** Spans that had to be given up before the decision. */
	private int lost;

	private boolean listed;

	LocalTrace(TailBuffer buffer) {
		this.buffer = buffer;
	}

	@Override
	public boolean isKept() {
		return this.decision == Decision.KEPT;
	}

	@Override
	public boolean isDropped() {
		return this.decision == Decision.DROPPED;
	}

	boolean isDecided() {
		return this.decision != Decision.PENDING;
	}

	@Override
	public boolean keep(String reason) {
		SpanData[] spans;
		int count;
		synchronized (this) {
			if (this.decision != Decision.PENDING) {
				return false;
			}
			decide(Decision.KEPT, reason);
			count = this.size;
			spans = take();
		}
		handOn(spans, count);
		return true;
	}

	/**
	 * Notes that a span has begun. The first one is the local root. Beneath one that has
	 * become slow since, what begins now is told to be kept, and so are others that it
	 * calls.
	 * @param span the span
	 * @param slow from which duration on every trace is slow
	 */
	void started(ReadableSpan span, long slow) {
		long now = this.buffer.now();
		boolean isSlow = false;
		synchronized (this) {
			if (this.rootSpanId == null) {
				this.root = span;
				this.rootSpanId = span.getSpanContext().getSpanId();
				this.begin = now;
			}
			else {
				isSlow = !this.rootEnded && now - this.begin >= slow;
			}
			this.open++;
		}
		if (isSlow) {
			keep(SlowPolicy.REASON);
		}
	}

	/**
	 * Notes that a span has ended, and decides if that is enough to know.
	 */
	void ended(ReadableSpan span) {
		SpanData data = span.toSpanData();
		end(data, data.getSpanId().equals(this.rootSpanId), 1);
	}

	@Override
	public void add(SpanData span) {
		end(span, false, 0);
	}

	@Override
	public void look(SpanData span) {
		String reason = reasonToKeep(span, false);
		if (reason != null) {
			keep(reason);
		}
	}

	private @Nullable String reasonToKeep(SpanData data, boolean root) {
		return (this.decision == Decision.PENDING) ? this.buffer.policies().reasonToKeep(data, root) : null;
	}

	private void end(SpanData data, boolean root, int ended) {
		if (!end(data, root, ended, reasonToKeep(data, root))) {
			this.buffer.makeRoom(SpanSize.of(data));
			if (!append(data)) {
				this.buffer.statistics().spansGivenUp(1);
			}
		}
	}

	/**
	 * The end of a span, under the lock.
	 * @return {@code false} if there was no room for it
	 */
	private boolean end(SpanData data, boolean root, int ended, @Nullable String reason) {
		SpanData[] spans = NONE;
		int count = 0;
		synchronized (this) {
			this.open -= ended;
			if (root) {
				this.rootEnded = true;
				this.rootEnd = this.buffer.now();
			}
			if (this.decision == Decision.PENDING && reason != null) {
				decide(Decision.KEPT, reason);
				count = this.size;
				spans = take();
			}
			else if (this.decision == Decision.PENDING && this.rootEnded && this.open == 0) {
				decide(Decision.DROPPED, null);
				take();
			}
			else if (this.decision == Decision.PENDING) {
				return hold(data);
			}
			else if (this.decision == Decision.DROPPED) {
				this.buffer.statistics().lateSpan();
			}
		}
		if (this.decision == Decision.KEPT) {
			handOn(spans, count);
			this.buffer.handOn(data(data));
		}
		return true;
	}

	/**
	 * Holds a span for which there was no room before.
	 * @return {@code false} if there is none now
	 */
	private boolean append(SpanData data) {
		synchronized (this) {
			if (this.decision == Decision.PENDING) {
				boolean held = hold(data);
				this.lost += held ? 0 : 1;
				return held;
			}
		}
		if (this.decision == Decision.KEPT) {
			this.buffer.handOn(data(data));
		}
		return true;
	}

	private boolean hold(SpanData data) {
		long bytes = SpanSize.of(data);
		if (bytes > this.buffer.share()) {
			return false;
		}
		if (this.bytes + bytes > this.buffer.share()) {
			giveUpWaiting();
		}
		if (!this.buffer.reserve(bytes)) {
			return false;
		}
		if (this.size == this.waiting.length) {
			this.waiting = Arrays.copyOf(this.waiting, Math.max(FIRST_CAPACITY, this.size * 2));
		}
		this.waiting[this.size++] = data;
		this.bytes += bytes;
		if (!this.listed) {
			this.listed = true;
			this.buffer.list(this);
		}
		return true;
	}

	private void decide(Decision decision, @Nullable String reason) {
		this.reason = reason;
		this.decision = decision;
		// Links of other traces may hold the contexts of this one for long
		this.root = null;
		this.buffer.statistics().decided(reason);
	}

	/**
	 * Takes what waits, and releases its room.
	 */
	private SpanData[] take() {
		SpanData[] spans = this.waiting;
		this.buffer.release(this.bytes, this.size);
		this.waiting = NONE;
		this.size = 0;
		this.bytes = 0;
		return spans;
	}

	private void handOn(SpanData[] spans, int count) {
		for (int i = 0; i < count; i++) {
			this.buffer.handOn(data(spans[i]));
		}
	}

	private KeptSpan data(SpanData data) {
		if (!data.getSpanId().equals(this.rootSpanId) || this.reason == null) {
			return KeptSpan.of(data);
		}
		return KeptSpan.with(data, (this.lost > 0) ? Attributes.of(REASON, this.reason, LOST, (long) this.lost)
				: Attributes.of(REASON, this.reason));
	}

	/**
	 * Gives up what waits, because others need the room. What comes after may still be
	 * kept.
	 * @return whether anything waited
	 */
	boolean giveUp() {
		synchronized (this) {
			boolean waited = this.size > 0;
			this.listed = false;
			giveUpWaiting();
			return waited;
		}
	}

	private void giveUpWaiting() {
		this.buffer.statistics().spansGivenUp(this.size);
		this.lost += this.size;
		take();
	}

	/**
	 * Decides if it is time to.
	 * @param now the time
	 * @param wait how long spans may outlive their local root
	 * @param slow from which duration on every trace is slow
	 * @return whether it is decided
	 */
	boolean expire(long now, long wait, long slow) {
		// By the span's own clock, which stops at its end and not when that is told here
		ReadableSpan root = this.root;
		boolean isSlow = root != null && root.getLatencyNanos() >= slow;
		synchronized (this) {
			if (this.decision != Decision.PENDING) {
				return true;
			}
			if (this.rootEnded && now - this.rootEnd >= wait) {
				decide(Decision.DROPPED, null);
				take();
				return true;
			}
			if (this.rootEnded || !isSlow) {
				return false;
			}
		}
		keep(SlowPolicy.REASON);
		return true;
	}

	/**
	 * Decides, because there will be no time to. What is neither an error nor slow by now
	 * is healthy.
	 * @param slow from which duration on every trace is slow
	 */
	void shutDown(long slow) {
		if (expire(this.buffer.now(), 0, slow)) {
			return;
		}
		synchronized (this) {
			if (this.decision == Decision.PENDING) {
				decide(Decision.DROPPED, null);
				take();
			}
		}
	}

	private enum Decision {

		PENDING, KEPT, DROPPED

	}

}
