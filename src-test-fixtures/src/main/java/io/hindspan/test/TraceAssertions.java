package io.hindspan.test;

/** Where assertions on recorded traces and spans begin. Needs AssertJ. */
public final class TraceAssertions {

	private TraceAssertions() {
	}

	/**
	 * Begins assertions on a trace.
	 * @param actual the trace
	 * @return the assertions
	 */
	public static TraceAssert assertThat(RecordedTrace actual) {
		return new TraceAssert(actual);
	}

	/**
	 * Begins assertions on a span.
	 * @param actual the span
	 * @return the assertions
	 */
	public static SpanAssert assertThat(RecordedSpan actual) {
		return new SpanAssert(actual);
	}

}
