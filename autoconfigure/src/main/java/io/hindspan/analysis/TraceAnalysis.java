package io.hindspan.analysis;

import java.util.List;

import io.hindspan.store.Trace;

/**
 * What a trace tells. Immutable.
 *
 * @param findings what deserves attention, the greatest impact first
 * @param criticalPath the stretches of time that the trace's duration is made of, in
 * order of time
 */
public record TraceAnalysis(List<Finding> findings, List<Stretch> criticalPath) {

	/**
	 * Analyses a trace.
	 * @param trace the trace, as far as it is known
	 * @return what it tells
	 */
	public static TraceAnalysis of(Trace trace) {
		return new TraceAnalysis(List.of(), List.of());
	}

	/**
	 * A stretch of the critical path: from one time to another the trace waited for this
	 * span's own work. Immutable.
	 *
	 * @param spanId the span
	 * @param start its start, nanoseconds since the epoch
	 * @param end its end, nanoseconds since the epoch
	 */
	public record Stretch(String spanId, long start, long end) {

	}

}
