package io.hindspan.kafka;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a record's spans. Neither the record's key nor its value is among
 * them.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/kafka/">Kafka
 * spans</a>
 */
final class KafkaAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("messaging.system");

	static final SemanticKey<String> DESTINATION = SemanticKey.text("messaging.destination.name",
			"messaging.destination");

	static final SemanticKey<String> OPERATION_TYPE = SemanticKey.text("messaging.operation.type",
			"messaging.operation");

	static final SemanticKey<String> OPERATION_NAME = SemanticKey.text("messaging.operation.name");

	static final SemanticKey<Long> BODY_SIZE = SemanticKey.number("messaging.message.body.size",
			"messaging.message_payload_size_bytes");

	static final SemanticKey<String> PARTITION = SemanticKey.text("messaging.destination.partition.id",
			"messaging.kafka.partition");

	static final SemanticKey<Long> OFFSET = SemanticKey.number("messaging.kafka.offset",
			"messaging.kafka.message.offset");

	static final SemanticKey<Boolean> TOMBSTONE = SemanticKey.flag("messaging.kafka.message.tombstone");

	static final SemanticKey<String> CONSUMER_GROUP = SemanticKey.text("messaging.consumer.group.name",
			"messaging.kafka.consumer_group");

	static final SemanticKey<String> CLIENT_ID = SemanticKey.text("messaging.client.id", "messaging.kafka.client_id");

	/** What Spring's own convention tells as a key-value. */
	static final SemanticKey<String> LISTENER_ID = SemanticKey.text("spring.kafka.listener.id");

	static final SemanticKey<Long> BATCH_COUNT = SemanticKey.number("messaging.batch.message_count");

	static final SemanticKey<String> OUTCOME = SemanticKey.text("hindspan.messaging.outcome");

	private KafkaAttributes() {
	}

}
