package io.hindspan.task;

import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What code finds current on its thread.
 *
 * @param context OpenTelemetry's context
 * @param observation Micrometer's observation
 * @param logId the trace id that log lines carry
 * @param logSpanId the span id that log lines carry
 */
record Seen(Context context, @Nullable Observation observation, @Nullable String logId, @Nullable String logSpanId) {

	private static final ObservationRegistry CURRENT = ObservationRegistry.create();

	static final Seen NOTHING = new Seen(Context.root(), null, null, null);

	static Seen here() {
		Observation observation = CURRENT.getCurrentObservation();
		return new Seen(Context.current(), (observation instanceof NullObservation) ? null : observation,
				MDC.get("traceId"), MDC.get("spanId"));
	}

	String traceId() {
		return Span.fromContext(this.context).getSpanContext().getTraceId();
	}

	String spanId() {
		return Span.fromContext(this.context).getSpanContext().getSpanId();
	}

	@Nullable String baggage(String key) {
		return Baggage.fromContext(this.context).getEntryValue(key);
	}

}
