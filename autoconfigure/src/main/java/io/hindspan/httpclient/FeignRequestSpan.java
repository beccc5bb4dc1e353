package io.hindspan.httpclient;

import java.net.URI;
import java.util.Collection;

import feign.MethodMetadata;
import feign.Request;
import feign.RequestTemplate;
import feign.Response;
import feign.Target;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * What the CLIENT span of a request of Feign says. Thread-safe.
 */
final class FeignRequestSpan {

	private static final URI UNKNOWN = URI.create("");

	private final UriTemplates templates = new UriTemplates();

	private final CalleeVerdict calleeVerdict;

	FeignRequestSpan(CalleeVerdict calleeVerdict) {
		this.calleeVerdict = calleeVerdict;
	}

	String name(Request request) {
		return ClientSpan.name(request.httpMethod().name(), route(request));
	}

	void attributesAtStart(Request request, SpanAttributes attributes) {
		URI uri = uri(request);
		if (uri != UNKNOWN) {
			ClientSpan.request(attributes, request.httpMethod().name(), uri);
		}
		UriTemplates.Route route = route(request);
		if (route != null) {
			attributes.put(HttpClientAttributes.TEMPLATE, route.path());
		}
	}

	void attributesAtEnd(Request request, @Nullable Response response, SpanAttributes attributes) {
		if (request.body() != null && request.length() > 0) {
			attributes.put(HttpClientAttributes.REQUEST_SIZE, request.length());
		}
		if (response != null) {
			attributes.put(HttpClientAttributes.STATUS, response.status());
			ClientSpan.bodySize(attributes, HttpClientAttributes.RESPONSE_SIZE,
					first(response, HttpHeaders.CONTENT_LENGTH));
		}
	}

	/**
	 * Hears what the called service says of the trace.
	 */
	void ending(Request request, @Nullable Response response, Span span) {
		if (response != null) {
			this.calleeVerdict.heard(span.getSpanContext(), ClientSpan.host(uri(request)),
					first(response, CalleeVerdict.TRACE_RESPONSE));
		}
	}

	private static @Nullable String first(Response response, String header) {
		Collection<String> values = response.headers().get(header);
		return (values != null && !values.isEmpty()) ? values.iterator().next() : null;
	}

	SpanOutcome outcome(Request request, @Nullable Response response, @Nullable Throwable error) {
		return ClientSpan.outcome((response != null) ? response.status() : 0, error, null, uri(request));
	}

	/**
	 * The path of the client and that of its method. A URL that is an argument stands for
	 * the client's.
	 */
	private UriTemplates.@Nullable Route route(Request request) {
		RequestTemplate template = request.requestTemplate();
		MethodMetadata method = (template != null) ? template.methodMetadata() : null;
		if (template == null || method == null) {
			return null;
		}
		Target<?> target = template.feignTarget();
		String url = method.template().url();
		return this.templates.route((target != null && method.urlIndex() == null) ? target.url() + url : url);
	}

	private static URI uri(Request request) {
		try {
			return URI.create(request.url());
		}
		catch (IllegalArgumentException ex) {
			return UNKNOWN;
		}
	}

}
