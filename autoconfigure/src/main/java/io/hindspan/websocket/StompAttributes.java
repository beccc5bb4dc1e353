package io.hindspan.websocket;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a STOMP message. Neither its payload nor its headers are among them.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">Messaging
 * spans</a>
 */
final class StompAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("messaging.system");

	static final SemanticKey<String> DESTINATION = SemanticKey.text("messaging.destination.name",
			"messaging.destination");

	static final SemanticKey<String> TEMPLATE = SemanticKey.text("messaging.destination.template");

	static final SemanticKey<String> OPERATION_TYPE = SemanticKey.text("messaging.operation.type",
			"messaging.operation");

	static final SemanticKey<String> OPERATION_NAME = SemanticKey.text("messaging.operation.name");

	private StompAttributes() {
	}

}
