package io.hindspan.analysis;

import java.util.List;

import io.hindspan.store.Trace;

/**
 * What a trace tells. Immutable.
 *
 * @param findings what deserves attention, the greatest impact first; at most 12, and 3
 * of a kind
 * @param criticalPath the stretches of time that the duration of the trace's root is made
 * of, in order of time. Times are those of the root's clock: where that of another
 * service disagrees, they are moved
 */
public record TraceAnalysis(List<Finding> findings, List<Stretch> criticalPath) {

	/**
	 * In the order in which they may rely on what others found before.
	 */
	private static final List<Detector> DETECTORS = List.of(new ErrorOrigins(), new PoolWaits(), new RetryStorms(),
			new CacheMisses(), new RepeatedStatements(), new MissingIndexes(), new SlowStatements(),
			new FailingDependencies(), new SlowDependencies(), new SerialCalls(), new Gaps(), new LateWork(),
			new ClockSkew(), new LostTraces(), new TrivialSpans());

	/**
	 * Copies the lists.
	 */
	public TraceAnalysis {
		findings = List.copyOf(findings);
		criticalPath = List.copyOf(criticalPath);
	}

	/**
	 * Analyses a trace.
	 * @param trace the trace, as far as it is known
	 * @return what it tells
	 */
	public static TraceAnalysis of(Trace trace) {
		return of(new TraceView(trace));
	}

	static TraceAnalysis of(TraceView view) {
		Findings findings = new Findings(view);
		for (Detector detector : DETECTORS) {
			detector.detect(view, findings);
		}
		return new TraceAnalysis(findings.greatest(), view.criticalPath().stretches());
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
