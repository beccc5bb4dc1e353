package io.hindspan.benchmarks.sampling;

import java.time.Duration;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * A span that was recorded, kept or not.
 *
 * @param spanId its id
 * @param name its name
 * @param localRoot whether it is the first one of its trace in its service
 * @param error whether its status is an error
 * @param duration how long it took
 * @param tick when it ended
 */
record EndedSpan(String spanId, String name, boolean localRoot, boolean error, Duration duration, long tick) {

	static EndedSpan of(SpanData span, long tick) {
		SpanContext parent = span.getParentSpanContext();
		return new EndedSpan(span.getSpanId(), span.getName(), !parent.isValid() || parent.isRemote(),
				span.getStatus().getStatusCode() == StatusCode.ERROR,
				Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos()), tick);
	}

}
