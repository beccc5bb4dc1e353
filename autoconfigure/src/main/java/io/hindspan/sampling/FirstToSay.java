package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * What the first says of a trace, else what the rest does. Immutable.
 *
 * @param first who is asked first
 * @param rest who is asked where the first says nothing
 */
record FirstToSay(HeadSampling first, HeadSampling rest) implements HeadSampling {

	@Override
	public @Nullable Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		Chance chance = this.first.chance(parent, name, kind, attributes);
		return (chance != null) ? chance : this.rest.chance(parent, name, kind, attributes);
	}

	@Override
	public double probability() {
		return this.rest.probability();
	}

	@Override
	public String toString() {
		return this.first + "," + this.rest;
	}

}
