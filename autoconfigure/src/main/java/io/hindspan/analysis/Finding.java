package io.hindspan.analysis;

import java.util.List;

/**
 * Something in a trace that deserves attention. Immutable.
 *
 * @param kind what it is
 * @param title what it is in a few words, with names from the trace
 * @param cause what was seen, with figures
 * @param impact the time that it took, nanoseconds, without counting a moment twice
 * @param share the impact's share of the trace's duration, from 0 to 1
 * @param action what to do about it
 * @param spans the ids of the spans that show it, the most telling first, at most 100
 */
public record Finding(Kind kind, String title, String cause, long impact, double share, String action,
		List<String> spans) {

	/**
	 * The kinds of findings.
	 */
	public enum Kind {

		/** An error, and where along the chain it began. */
		ERROR_ORIGIN,

		/** A wait for a connection of a pool. */
		POOL_WAIT,

		/** A statement that takes long. */
		SLOW_STATEMENT,

		/** The same statement again and again, where one would do. */
		N_PLUS_ONE,

		/** A call that is tried again and again. */
		RETRY_STORM,

		/** A call of another service that takes long. */
		SLOW_DEPENDENCY,

		/** Another service that fails. */
		FAILING_DEPENDENCY,

		/** Independent calls one after the other. */
		SERIAL_CALLS,

		/** Misses of a cache, one after the other. */
		CACHE_MISSES,

		/** Time in which no span tells what happened. */
		GAP,

		/** Asynchronous work that ends long after its request. */
		LATE_WORK,

		/** Clocks of services that disagree. */
		CLOCK_SKEW,

		/** A hop that did not carry the trace on. */
		LOST_TRACE,

		/** A statement that reads far more than it returns. */
		MISSING_INDEX,

		/** Very many very short spans. */
		TRIVIAL_SPANS

	}

}
