package io.hindspan.sampling;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what came of the headers that would have a trace sampled. Thread-safe.
 */
final class ForcedTraceStatistics {

	private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

	ForcedTraceStatistics() {
		for (Outcome outcome : Outcome.values()) {
			this.counts.put(outcome, new LongAdder());
		}
	}

	void count(Outcome outcome) {
		this.counts.get(outcome).increment();
	}

	long of(Outcome outcome) {
		return this.counts.get(outcome).sum();
	}

	/**
	 * What came of a header.
	 */
	enum Outcome {

		/** The trace is sampled. */
		ACCEPTED,

		/** It is not of the form that headers have. */
		MALFORMED,

		/** It is too long to be looked at. */
		OVERSIZED,

		/** Its signature is wrong. */
		FORGED,

		/** Its time is over. */
		EXPIRED,

		/** Its time ends further ahead than this service allows. */
		TOO_LONG_VALID,

		/** It was used before. */
		REPLAYED,

		/** Too many others were used that have not expired. */
		FULL,

		/** It came from a caller who is not believed. */
		UNTRUSTED

	}

}
