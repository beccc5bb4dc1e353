package io.hindspan.sampling;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * A probability with which a trace is sampled, and why it is that one. Is itself the
 * result of sampling with it. Immutable.
 */
final class Chance implements SamplingResult {

	/** Why this service's part of a trace is kept. */
	static final AttributeKey<String> REASON = AttributeKey.stringKey("sampling.reason");

	private final long threshold;

	private final String text;

	private final String reason;

	private final Attributes attributes;

	private final TraceState ofRoot;

	private Chance(long threshold, String reason, boolean told) {
		this.threshold = threshold;
		this.text = (threshold < Threshold.NEVER) ? Threshold.text(threshold) : "";
		this.reason = reason;
		this.attributes = told ? Attributes.of(REASON, reason) : Attributes.empty();
		this.ofRoot = OtTraceState.withThreshold(TraceState.getDefault(), this.text);
	}

	static Chance of(double probability, String reason) {
		return new Chance(Threshold.of(probability), reason, true);
	}

	/**
	 * The chance of traces of which nothing special is said. Where all of them are
	 * sampled there is no reason to tell.
	 * @param probability the probability
	 * @param reason the reason
	 */
	static Chance ofAll(double probability, String reason) {
		return new Chance(Threshold.of(probability), reason, probability < 1);
	}

	String reason() {
		return this.reason;
	}

	long threshold() {
		return this.threshold;
	}

	double probability() {
		return Threshold.probability(this.threshold);
	}

	/**
	 * Whether a trace is sampled.
	 * @param randomness the randomness of the trace
	 */
	boolean takes(long randomness) {
		return randomness >= this.threshold;
	}

	@Override
	public SamplingDecision getDecision() {
		return SamplingDecision.RECORD_AND_SAMPLE;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public TraceState getUpdatedTraceState(TraceState parent) {
		return parent.isEmpty() ? this.ofRoot : OtTraceState.withThreshold(parent, this.text);
	}

}
