package io.hindspan.sampling.tail;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts what tail sampling does. Thread-safe.
 */
final class TailStatistics {

	/** Against policies that make reasons of ids. */
	private static final int MAX_REASONS = 50;

	private static final String OTHER = "other";

	private final ConcurrentMap<String, LongAdder> kept = new ConcurrentHashMap<>();

	private final LongAdder dropped = new LongAdder();

	private final LongAdder spansGivenUp = new LongAdder();

	private final LongAdder lateSpans = new LongAdder();

	/**
	 * A trace is decided.
	 * @param reason why it is kept, or {@code null} if it is dropped
	 */
	void decided(@Nullable String reason) {
		if (reason == null) {
			this.dropped.increment();
			return;
		}
		LongAdder count = this.kept.get(reason);
		if (count == null) {
			count = this.kept.computeIfAbsent((this.kept.size() < MAX_REASONS) ? reason : OTHER,
					(key) -> new LongAdder());
		}
		count.increment();
	}

	void spansGivenUp(int count) {
		this.spansGivenUp.add(count);
	}

	void lateSpan() {
		this.lateSpans.increment();
	}

	/** Kept traces by reason. */
	Map<String, LongAdder> kept() {
		return this.kept;
	}

	long dropped() {
		return this.dropped.sum();
	}

	/** Spans that were given up for room before their trace was decided. */
	long spansGivenUp() {
		return this.spansGivenUp.sum();
	}

	/** Spans that ended after their trace was dropped. */
	long lateSpans() {
		return this.lateSpans.sum();
	}

}
