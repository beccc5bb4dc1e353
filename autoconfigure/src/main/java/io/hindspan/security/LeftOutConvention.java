package io.hindspan.security;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * An observation that is measured as ever and has no span.
 *
 * @param <C> the type of the observation's context
 */
abstract class LeftOutConvention<C extends Observation.Context> implements SpanConvention<C> {

	@Override
	public final boolean leavesOut(C context, Span parent) {
		return true;
	}

	@Override
	public final String instrumentationScope() {
		return "io.hindspan.security";
	}

	@Override
	public final SpanKind kind(C context) {
		return SpanKind.INTERNAL;
	}

	@Override
	public final String nameAtStart(C context) {
		return context.getName();
	}

	@Override
	public final void attributesAtStart(C context, SpanAttributes attributes) {
	}

}
