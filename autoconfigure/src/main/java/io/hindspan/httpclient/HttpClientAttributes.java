package io.hindspan.httpclient;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of an HTTP request's CLIENT span.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP
 * spans</a>
 */
final class HttpClientAttributes {

	static final SemanticKey<String> METHOD = SemanticKey.text("http.request.method", "http.method");

	static final SemanticKey<String> METHOD_ORIGINAL = SemanticKey.text("http.request.method_original");

	static final SemanticKey<String> URL = SemanticKey.text("url.full", "http.url");

	static final SemanticKey<String> TEMPLATE = SemanticKey.text("url.template");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	static final SemanticKey<Long> STATUS = SemanticKey.number("http.response.status_code", "http.status_code");

	static final SemanticKey<Long> REQUEST_SIZE = SemanticKey.number("http.request.body.size",
			"http.request_content_length");

	static final SemanticKey<Long> RESPONSE_SIZE = SemanticKey.number("http.response.body.size",
			"http.response_content_length");

	private HttpClientAttributes() {
	}

}
