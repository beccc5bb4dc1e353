package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

import io.hindspan.span.VerdictTraceState;

/**
 * The result for spans that belong to a trace and to no group of it. Immutable.
 *
 * @param state the state that other services are to see
 * @param spans the trace
 */
record Ungrouped(TraceState state, TraceSpans spans) implements SamplingResult {

	@Override
	public SamplingDecision getDecision() {
		return this.spans.isKept() ? SamplingDecision.RECORD_AND_SAMPLE : SamplingDecision.RECORD_ONLY;
	}

	@Override
	public Attributes getAttributes() {
		return Attributes.empty();
	}

	@Override
	public TraceState getUpdatedTraceState(TraceState parent) {
		return new VerdictTraceState(this.state, this.spans);
	}

}
