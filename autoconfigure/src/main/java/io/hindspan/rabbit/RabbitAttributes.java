package io.hindspan.rabbit;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a message's spans. The body is not among them.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/">RabbitMQ
 * spans</a>
 */
final class RabbitAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("messaging.system");

	static final SemanticKey<String> DESTINATION = SemanticKey.text("messaging.destination.name",
			"messaging.destination");

	static final SemanticKey<Boolean> TEMPORARY = SemanticKey.flag("messaging.destination.temporary");

	static final SemanticKey<String> OPERATION_TYPE = SemanticKey.text("messaging.operation.type",
			"messaging.operation");

	static final SemanticKey<String> OPERATION_NAME = SemanticKey.text("messaging.operation.name");

	static final SemanticKey<String> MESSAGE_ID = SemanticKey.text("messaging.message.id", "messaging.message_id");

	static final SemanticKey<Long> BODY_SIZE = SemanticKey.number("messaging.message.body.size",
			"messaging.message_payload_size_bytes");

	static final SemanticKey<String> ROUTING_KEY = SemanticKey.text("messaging.rabbitmq.destination.routing_key",
			"messaging.rabbitmq.routing_key");

	static final SemanticKey<Long> DELIVERY_TAG = SemanticKey.number("messaging.rabbitmq.message.delivery_tag");

	static final SemanticKey<Long> BATCH_MESSAGE_COUNT = SemanticKey.number("messaging.batch.message_count");

	static final SemanticKey<Long> DROPPED_LINKS = SemanticKey.number("hindspan.messaging.links.dropped");

	static final SemanticKey<String> OUTCOME = SemanticKey.text("hindspan.messaging.outcome");

	private RabbitAttributes() {
	}

}
