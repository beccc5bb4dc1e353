package io.hindspan.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Leaves the observation of a call to its meter where the call has a span, and describes
 * it where an application observes a channel that is not traced.
 */
final class ClientObservationConvention implements SpanConvention<GrpcClientObservationContext> {

	private static final TextMapSetter<Object> TOLD_ALREADY = (carrier, key, value) -> {
	};

	@Override
	public Class<GrpcClientObservationContext> contextType() {
		return GrpcClientObservationContext.class;
	}

	@Override
	public boolean leavesOut(GrpcClientObservationContext context, Span parent) {
		return CallMetadata.isTraced(context.getCarrier());
	}

	@Override
	public boolean leavesOut(Observation.Event event) {
		return ObservedCall.isOfAMessage(event);
	}

	@Override
	public void endedLeftOut(GrpcClientObservationContext context, Span parent, SpanAttributes attributes) {
		ObservedCall.writeOwnKeyValues(context, parent);
	}

	@Override
	public String instrumentationScope() {
		return GrpcTracing.INSTRUMENTATION_SCOPE;
	}

	@Override
	public SpanKind kind(GrpcClientObservationContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(GrpcClientObservationContext context) {
		return context.getFullMethodName();
	}

	@Override
	public void attributesAtStart(GrpcClientObservationContext context, SpanAttributes attributes) {
		GrpcAttributes.method(attributes, context.getFullMethodName(), context.getServiceName(),
				context.getMethodName());
		GrpcAttributes.authority(attributes, context.getAuthority());
	}

	/**
	 * The metadata already tells the span of the call.
	 */
	@Override
	public @Nullable TextMapSetter<Object> setter(GrpcClientObservationContext context) {
		Metadata headers = context.getCarrier();
		return CallMetadata.isTraced(headers) ? TOLD_ALREADY : null;
	}

	@Override
	public void attributesAtEnd(GrpcClientObservationContext context, SpanAttributes attributes) {
		Status.Code code = context.getStatusCode();
		if (code != null) {
			GrpcAttributes.status(attributes, code);
		}
	}

	@Override
	public SpanOutcome outcome(GrpcClientObservationContext context) {
		return ObservedCall.outcome(context.getStatusCode(), context.getError(), false);
	}

	@Override
	public boolean covers(String key) {
		return ObservedCall.covers(key);
	}

}
