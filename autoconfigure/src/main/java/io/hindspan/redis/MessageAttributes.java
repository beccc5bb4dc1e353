package io.hindspan.redis;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a message's span. Its body is not among them.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">
 * Messaging spans</a>
 */
final class MessageAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("messaging.system");

	static final SemanticKey<String> DESTINATION = SemanticKey.text("messaging.destination.name",
			"messaging.destination");

	static final SemanticKey<String> TEMPLATE = SemanticKey.text("messaging.destination.template");

	static final SemanticKey<String> OPERATION_TYPE = SemanticKey.text("messaging.operation.type",
			"messaging.operation");

	static final SemanticKey<String> OPERATION_NAME = SemanticKey.text("messaging.operation.name");

	static final SemanticKey<Long> BODY_SIZE = SemanticKey.number("messaging.message.body.size",
			"messaging.message_payload_size_bytes");

	static final SemanticKey<String> MESSAGE_ID = SemanticKey.text("messaging.message.id", "messaging.message_id");

	static final SemanticKey<String> CONSUMER_GROUP = SemanticKey.text("messaging.consumer.group.name",
			"messaging.consumer_group");

	private MessageAttributes() {
	}

}
