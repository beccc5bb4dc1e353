package io.hindspan.httpclient;

import java.io.IOException;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.web.client.ResourceAccessException;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the requests of RestTemplate and RestClient.
 */
final class RestClientSpanConvention implements SpanConvention<ClientRequestObservationContext> {

	private final UriTemplates templates = new UriTemplates();

	private final CalleeVerdict calleeVerdict;

	RestClientSpanConvention(CalleeVerdict calleeVerdict) {
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
		return ClientSpan.name(request(context).getMethod().name(), this.templates.route(context.getUriTemplate()));
	}

	@Override
	public void attributesAtStart(ClientRequestObservationContext context, SpanAttributes attributes) {
		ClientHttpRequest request = request(context);
		ClientSpan.request(attributes, request.getMethod().name(), request.getURI());
		UriTemplates.Route route = this.templates.route(context.getUriTemplate());
		if (route != null) {
			attributes.put(HttpClientAttributes.TEMPLATE, route.path());
		}
	}

	@Override
	public void attributesAtEnd(ClientRequestObservationContext context, SpanAttributes attributes) {
		ClientSpan.bodySize(attributes, HttpClientAttributes.REQUEST_SIZE, request(context).getHeaders());
		ClientHttpResponse response = context.getResponse();
		int status = status(response);
		if (response != null && status > 0) {
			attributes.put(HttpClientAttributes.STATUS, status);
			ClientSpan.bodySize(attributes, HttpClientAttributes.RESPONSE_SIZE, response.getHeaders());
		}
	}

	@Override
	public void ending(ClientRequestObservationContext context, Span span) {
		ClientHttpResponse response = context.getResponse();
		if (response != null) {
			this.calleeVerdict.heard(span.getSpanContext(), ClientSpan.host(request(context).getURI()),
					response.getHeaders().getFirst(CalleeVerdict.TRACE_RESPONSE));
		}
	}

	@Override
	public SpanOutcome outcome(ClientRequestObservationContext context) {
		Throwable error = context.getError();
		Throwable cause = (error instanceof ResourceAccessException) ? error.getCause() : null;
		return ClientSpan.outcome(status(context.getResponse()), error, cause, request(context).getURI());
	}

	private int status(@Nullable ClientHttpResponse response) {
		try {
			return (response != null) ? response.getStatusCode().value() : 0;
		}
		catch (IOException | RuntimeException ex) {
			// The connection broke before there was a status
			return 0;
		}
	}

	private ClientHttpRequest request(ClientRequestObservationContext context) {
		ClientHttpRequest request = context.getCarrier();
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
