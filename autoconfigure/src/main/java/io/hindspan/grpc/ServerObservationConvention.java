package io.hindspan.grpc;

import java.util.List;

import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Leaves the observation of a call to its meter where the call has a span, and describes
 * it where an application observes a server that is not traced.
 */
final class ServerObservationConvention implements SpanConvention<GrpcServerObservationContext> {

	private final TrustedCallers trustedCallers;

	ServerObservationConvention(TrustedCallers trustedCallers) {
		this.trustedCallers = trustedCallers;
	}

	@Override
	public Class<GrpcServerObservationContext> contextType() {
		return GrpcServerObservationContext.class;
	}

	@Override
	public boolean leavesOut(GrpcServerObservationContext context, Span parent) {
		return CallMetadata.isTraced(context.getCarrier());
	}

	@Override
	public boolean leavesOut(Observation.Event event) {
		return ObservedCall.isOfAMessage(event);
	}

	@Override
	public void endedLeftOut(GrpcServerObservationContext context, Span parent, SpanAttributes attributes) {
		ObservedCall.writeOwnKeyValues(context, parent);
	}

	@Override
	public String instrumentationScope() {
		return GrpcTracing.INSTRUMENTATION_SCOPE;
	}

	@Override
	public SpanKind kind(GrpcServerObservationContext context) {
		return SpanKind.SERVER;
	}

	@Override
	public boolean trustsSender(GrpcServerObservationContext context) {
		return CallMetadata.isTraced(context.getCarrier()) || this.trustedCallers.trust(context.getPeerName());
	}

	@Override
	public String nameAtStart(GrpcServerObservationContext context) {
		return context.getFullMethodName();
	}

	@Override
	public void attributesAtStart(GrpcServerObservationContext context, SpanAttributes attributes) {
		GrpcAttributes.method(attributes, context.getFullMethodName(), context.getServiceName(),
				context.getMethodName());
		GrpcAttributes.authority(attributes, context.getAuthority());
	}

	/**
	 * The metadata tells the caller's span, and the call's own is current.
	 */
	@Override
	public @Nullable TextMapGetter<Object> getter(GrpcServerObservationContext context) {
		return CallMetadata.isTraced(context.getCarrier()) ? NothingToRead.INSTANCE : null;
	}

	@Override
	public void attributesAtEnd(GrpcServerObservationContext context, SpanAttributes attributes) {
		Status.Code code = context.getStatusCode();
		if (code != null) {
			GrpcAttributes.status(attributes, code);
		}
	}

	@Override
	public SpanOutcome outcome(GrpcServerObservationContext context) {
		return ObservedCall.outcome(context.getStatusCode(), context.getError(), true);
	}

	@Override
	public boolean covers(String key) {
		return ObservedCall.covers(key);
	}

	private enum NothingToRead implements TextMapGetter<Object> {

		INSTANCE;

		@Override
		public Iterable<String> keys(Object carrier) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable Object carrier, String key) {
			return null;
		}

	}

}
