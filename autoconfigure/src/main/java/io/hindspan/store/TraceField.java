package io.hindspan.store;

import java.util.function.Function;

/**
 * What a trace has as a whole. Immutable.
 */
enum TraceField {

	/** Its id. */
	ID(Trace::id),

	/** How long it took, in nanoseconds. */
	DURATION(Trace::duration),

	/** How many spans it has. */
	SPANS((trace) -> (long) trace.spans().size()),

	/** How many of them failed. */
	ERRORS((trace) -> (long) trace.errors()),

	/** The name of the span that names it. */
	ROOT_NAME((trace) -> trace.root().name()),

	/** The service of that span. */
	ROOT_SERVICE((trace) -> trace.root().service());

	private final Function<Trace, Object> value;

	TraceField(Function<Trace, Object> value) {
		this.value = value;
	}

	Object of(Trace trace) {
		return this.value.apply(trace);
	}

}
