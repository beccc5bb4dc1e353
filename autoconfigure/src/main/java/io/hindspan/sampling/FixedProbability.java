package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/**
 * The same chance for every trace.
 */
final class FixedProbability implements HeadSampling {

	private final Chance chance;

	private FixedProbability(Chance chance) {
		this.chance = chance;
	}

	static FixedProbability of(double probability) {
		return new FixedProbability(Chance.ofAll(probability, "probability"));
	}

	static FixedProbability of(double probability, String reason) {
		return new FixedProbability(Chance.of(probability, reason));
	}

	@Override
	public Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		return this.chance;
	}

	@Override
	public double probability() {
		return this.chance.probability();
	}

	@Override
	public String toString() {
		return "Probability{" + this.chance.probability() + "}";
	}

}
