package io.hindspan.httpclient;

import java.net.URI;
import java.util.Collection;

import feign.MethodMetadata;
import feign.Request;
import feign.RequestTemplate;
import feign.Response;
import feign.Target;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * What the CLIENT span of a request of Feign says. Thread-safe.
 */
final class FeignRequestSpan {

	private static final URI UNKNOWN = URI.create("");

	private final UriTemplates templates = new UriTemplates();

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
			Collection<String> lengths = response.headers().get(HttpHeaders.CONTENT_LENGTH);
			if (lengths != null && !lengths.isEmpty()) {
				ClientSpan.bodySize(attributes, HttpClientAttributes.RESPONSE_SIZE, lengths.iterator().next());
			}
		}
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
