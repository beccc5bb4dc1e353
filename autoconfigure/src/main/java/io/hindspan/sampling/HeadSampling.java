package io.hindspan.sampling;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Says with what probability a trace is sampled, as far as is known when its first span
 * begins. Thread-safe.
 */
interface HeadSampling {

	/**
	 * The chance of a trace.
	 * @param parent the context of the root's parent, with what came with the request
	 * @param name the root's name at its start
	 * @param kind the root's kind
	 * @param attributes the root's attributes at its start
	 * @return the chance, or {@code null} where nothing is said of such a trace
	 */
	@Nullable Chance chance(Context parent, String name, SpanKind kind, Attributes attributes);

	/**
	 * The probability at the moment of what nothing more special is said of.
	 * @return the probability, from 0 to 1, or NaN where nothing general is said
	 */
	default double probability() {
		return Double.NaN;
	}

}
