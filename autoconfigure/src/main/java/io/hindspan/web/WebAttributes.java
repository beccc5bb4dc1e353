package io.hindspan.web;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a SERVER span.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP
 * spans</a>
 */
final class WebAttributes {

	static final SemanticKey<String> METHOD = SemanticKey.text("http.request.method", "http.method");

	static final SemanticKey<String> METHOD_ORIGINAL = SemanticKey.text("http.request.method_original");

	static final SemanticKey<String> PATH = SemanticKey.text("url.path", "http.target");

	static final SemanticKey<String> SCHEME = SemanticKey.text("url.scheme", "http.scheme");

	static final SemanticKey<String> ROUTE = SemanticKey.text("http.route");

	static final SemanticKey<Long> STATUS = SemanticKey.number("http.response.status_code", "http.status_code");

	static final SemanticKey<Long> REQUEST_SIZE = SemanticKey.number("http.request.body.size",
			"http.request_content_length");

	static final SemanticKey<Long> RESPONSE_SIZE = SemanticKey.number("http.response.body.size",
			"http.response_content_length");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.host.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.host.port");

	static final SemanticKey<String> CLIENT_ADDRESS = SemanticKey.text("client.address", "http.client_ip");

	static final SemanticKey<String> PEER_ADDRESS = SemanticKey.text("network.peer.address", "net.sock.peer.addr");

	static final SemanticKey<Long> PEER_PORT = SemanticKey.number("network.peer.port", "net.sock.peer.port");

	static final SemanticKey<String> PROTOCOL_VERSION = SemanticKey.text("network.protocol.version", "http.flavor");

	static final SemanticKey<String> USER_AGENT = SemanticKey.text("user_agent.original", "http.user_agent");

	private WebAttributes() {
	}

}
