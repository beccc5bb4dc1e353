package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * A result with a trace state of its own, in the place of what it would make of the
 * parent's. Immutable.
 *
 * @param result what is decided
 * @param state the trace state
 */
record WithTraceState(SamplingResult result, TraceState state) implements SamplingResult {

	@Override
	public SamplingDecision getDecision() {
		return this.result.getDecision();
	}

	@Override
	public Attributes getAttributes() {
		return this.result.getAttributes();
	}

	@Override
	public TraceState getUpdatedTraceState(TraceState parent) {
		return this.state;
	}

}
