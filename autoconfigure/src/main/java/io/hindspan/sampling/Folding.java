package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

/**
 * Whether and when the spans of a loop are folded. Immutable.
 *
 * @param limit how many spans of one name beneath one are not folded; 0 for all
 * @param sampled the verdict on traces that are sampled from the start
 */
record Folding(int limit, TraceSpans sampled) {

	boolean isOff() {
		return this.limit <= 0;
	}

	/**
	 * The result for the local root of a trace that is sampled from the start.
	 * @param chance how it is sampled
	 * @param parent the state of the parent
	 */
	SamplingResult sampled(SamplingResult chance, TraceState parent) {
		return isOff() ? chance : SpanGroup.ofRoot(chance.getUpdatedTraceState(parent), this.sampled,
				chance.getAttributes(), this.limit);
	}

	/**
	 * The result for the local root of a trace that is not sampled.
	 * @param state the state that other services are to see
	 * @param spans where its spans go, or {@code null} if they are not recorded
	 */
	SamplingResult unsampled(TraceState state, @Nullable TraceSpans spans) {
		if (spans == null) {
			return SamplingResult.drop();
		}
		return isOff() ? new Ungrouped(state, spans) : SpanGroup.ofRoot(state, spans, Attributes.empty(), this.limit);
	}

}
