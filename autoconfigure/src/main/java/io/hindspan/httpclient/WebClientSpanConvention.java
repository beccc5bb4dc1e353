package io.hindspan.httpclient;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the requests of WebClient.
 */
final class WebClientSpanConvention implements SpanConvention<ClientRequestObservationContext> {

	private static final String CANCELLED = "cancelled";

	private final UriTemplates templates = new UriTemplates();

	private final CalleeVerdict calleeVerdict;

	WebClientSpanConvention(CalleeVerdict calleeVerdict) {
		this.calleeVerdict = calleeVerdict;
	}

	@Override
	public Class<ClientRequestObservationContext> contextType() {
		return ClientRequestObservationContext.class;
	}

	@Override
	public String instrumentationScope() {
		return ClientSpan.SCOPE;
	}

	@Override
	public SpanKind kind(ClientRequestObservationContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(ClientRequestObservationContext context) {
		return ClientSpan.name(request(context).method().name(), null);
	}

	@Override
	public void attributesAtStart(ClientRequestObservationContext context, SpanAttributes attributes) {
		ClientRequest request = request(context);
		ClientSpan.request(attributes, request.method().name(), request.url());
	}

	@Override
	public @Nullable String nameAtEnd(ClientRequestObservationContext context) {
		UriTemplates.Route route = this.templates.route(context.getUriTemplate());
		return (route != null) ? ClientSpan.name(request(context).method().name(), route) : null;
	}

	@Override
	public void attributesAtEnd(ClientRequestObservationContext context, SpanAttributes attributes) {
		UriTemplates.Route route = this.templates.route(context.getUriTemplate());
		if (route != null) {
			attributes.put(HttpClientAttributes.TEMPLATE, route.path());
		}
		ClientSpan.bodySize(attributes, HttpClientAttributes.REQUEST_SIZE, request(context).headers());
		ClientResponse response = context.getResponse();
		if (response != null) {
			attributes.put(HttpClientAttributes.STATUS, response.statusCode().value());
			ClientSpan.bodySize(attributes, HttpClientAttributes.RESPONSE_SIZE, response.headers().asHttpHeaders());
		}
	}

	@Override
	public void ending(ClientRequestObservationContext context, Span span) {
		ClientResponse response = context.getResponse();
		if (response != null) {
			this.calleeVerdict.heard(span.getSpanContext(), ClientSpan.host(request(context).url()),
					response.headers().asHttpHeaders().getFirst(CalleeVerdict.TRACE_RESPONSE));
		}
	}

	@Override
	public SpanOutcome outcome(ClientRequestObservationContext context) {
		ClientResponse response = context.getResponse();
		Throwable error = context.getError();
		if (response == null && error == null && context.isAborted()) {
			return SpanOutcome.failed(CANCELLED, null);
		}
		Throwable cause = (error instanceof WebClientRequestException) ? error.getCause() : null;
		return ClientSpan.outcome((response != null) ? response.statusCode().value() : 0, error, cause,
				request(context).url());
	}

	private ClientRequest request(ClientRequestObservationContext context) {
		ClientRequest request = context.getRequest();
		if (request == null) {
			throw new IllegalStateException("No request in " + context);
		}
		return request;
	}

	@Override
	public boolean covers(String key) {
		return ClientSpan.covers(key);
	}

}
