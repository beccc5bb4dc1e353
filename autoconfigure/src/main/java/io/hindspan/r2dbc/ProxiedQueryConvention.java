package io.hindspan.r2dbc;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.r2dbc.proxy.observation.QueryContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Leaves the observations of r2dbc-proxy to the meters: the same statement has a span
 * already.
 */
final class ProxiedQueryConvention implements SpanConvention<QueryContext> {

	@Override
	public Class<QueryContext> contextType() {
		return QueryContext.class;
	}

	@Override
	public boolean leavesOut(QueryContext context, Span parent) {
		return true;
	}

	@Override
	public String instrumentationScope() {
		return StatementTracer.INSTRUMENTATION_SCOPE;
	}

	@Override
	public SpanKind kind(QueryContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(QueryContext context) {
		return context.getName();
	}

	@Override
	public void attributesAtStart(QueryContext context, SpanAttributes attributes) {
	}

}
