package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;

/**
 * What a {@code traceparent} or {@code traceresponse} header says, as the application saw
 * it.
 *
 * @param traceId the id of the trace
 * @param sampled whether the sender keeps its part
 */
record TraceHeader(String traceId, boolean sampled) {

	static final String TRACE_PARENT = "traceparent";

	static final String TRACE_RESPONSE = "traceresponse";

	private static final int RADIX = 16;

	static @Nullable TraceHeader parse(@Nullable String text) {
		if (text == null) {
			return null;
		}
		String[] parts = text.split("-");
		return new TraceHeader(parts[1], (Integer.parseInt(parts[3], RADIX) & 1) == 1);
	}

}
