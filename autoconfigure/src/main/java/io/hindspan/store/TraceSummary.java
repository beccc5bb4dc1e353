package io.hindspan.store;

/**
 * A trace at a moment, as far as a search can tell without looking at spans. Immutable:
 * what comes later is behind the count.
 *
 * @param spans the spans in the order in which they came, of which the first ones count
 * @param count how many of them count
 * @param start the earliest start, nanoseconds since the epoch
 * @param end the latest end, nanoseconds since the epoch
 * @param errors how many spans failed
 */
record TraceSummary(SpanRecord[] spans, int count, long start, long end, int errors) {

	long duration() {
		return this.end - this.start;
	}

	String id() {
		return this.spans[0].traceId();
	}

	Trace trace() {
		return Trace.of(this.spans, this.count);
	}

}
