package io.hindspan.sampling;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The chance of the first rule that matches, else that of the rest. Immutable.
 */
final class SamplingRules implements HeadSampling {

	private final SamplingRule[] rules;

	private final HeadSampling rest;

	SamplingRules(List<SamplingRule> rules, HeadSampling rest) {
		this.rules = rules.toArray(SamplingRule[]::new);
		this.rest = rest;
	}

	@Override
	public @Nullable Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		for (SamplingRule rule : this.rules) {
			if (rule.matches(parent, name, kind, attributes)) {
				return rule.chance();
			}
		}
		return this.rest.chance(parent, name, kind, attributes);
	}

	@Override
	public double probability() {
		return this.rest.probability();
	}

	@Override
	public String toString() {
		return "Rules{" + this.rules.length + "}," + this.rest;
	}

}
