package io.hindspan.kafka;

import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the processing of a record by a listener.
 */
final class KafkaReceiverConvention implements SpanConvention<KafkaRecordReceiverContext> {

	static final String PROCESS = "process";

	static final String DEFAULT_NAME_SUFFIX = " " + PROCESS;

	/**
	 * The key-values of Spring's own convention that attributes say. The listener's id
	 * stays.
	 */
	private static final Set<String> COVERED = Set.of("messaging.consumer.id", "messaging.kafka.client_id",
			"messaging.kafka.consumer.group", "messaging.kafka.message.offset", "messaging.kafka.source.partition",
			"messaging.operation", "messaging.source.kind", "messaging.source.name", "messaging.system");

	private final RecordDeliveries deliveries;

	KafkaReceiverConvention(RecordDeliveries deliveries) {
		this.deliveries = deliveries;
	}

	@Override
	public Class<KafkaRecordReceiverContext> contextType() {
		return KafkaRecordReceiverContext.class;
	}

	@Override
	public String instrumentationScope() {
		return KafkaSenderConvention.SCOPE;
	}

	@Override
	public SpanKind kind(KafkaRecordReceiverContext context) {
		return SpanKind.CONSUMER;
	}

	@Override
	public String nameAtStart(KafkaRecordReceiverContext context) {
		return context.getSource() + DEFAULT_NAME_SUFFIX;
	}

	@Override
	public void attributesAtStart(KafkaRecordReceiverContext context, SpanAttributes attributes) {
		describeStart(context.getRecord().topic(), context.getGroupId(), attributes);
		Attempt attempt = RecordDeliveries.attempt(context);
		if (attempt != null) {
			attempt.writeTo(attributes);
		}
	}

	/**
	 * Describes the processing of one record or several.
	 * @param topic the topic, or {@code null} for several
	 * @param group the consumer group, or {@code null} for none
	 * @param attributes where to write
	 */
	static void describeStart(@Nullable String topic, @Nullable String group, SpanAttributes attributes) {
		attributes.put(KafkaAttributes.SYSTEM, "kafka");
		attributes.put(KafkaAttributes.DESTINATION, topic);
		attributes.put(KafkaAttributes.OPERATION_TYPE, PROCESS);
		attributes.put(KafkaAttributes.OPERATION_NAME, PROCESS, null);
		attributes.put(KafkaAttributes.CONSUMER_GROUP, group);
	}

	@Override
	public TextMapGetter<Object> getter(KafkaRecordReceiverContext context) {
		return LastHeaderGetter.INSTANCE;
	}

	@Override
	public Context parent(KafkaRecordReceiverContext context, Context found) {
		this.deliveries.begin(context);
		return found;
	}

	@Override
	public boolean beginsTrace(KafkaRecordReceiverContext context, Span parent) {
		return this.deliveries.exceedsTrace(context);
	}

	@Override
	public void started(KafkaRecordReceiverContext context, Span span) {
		this.deliveries.started(context, span);
	}

	@Override
	public boolean endsLater(KafkaRecordReceiverContext context, Span span) {
		return this.deliveries.endsLater(context);
	}

	@Override
	public @Nullable String nameAtEnd(KafkaRecordReceiverContext context) {
		return NameOfApplication.of(context.getContextualName(), context.getSource(), DEFAULT_NAME_SUFFIX);
	}

	@Override
	public void attributesAtEnd(KafkaRecordReceiverContext context, SpanAttributes attributes) {
		describeEnd(context, attributes);
	}

	static void describeEnd(KafkaRecordReceiverContext context, SpanAttributes attributes) {
		describeRecord(context.getRecord(), attributes);
		attributes.put(KafkaAttributes.CLIENT_ID, context.getClientId());
	}

	/**
	 * Describes one record.
	 * @param record the record
	 * @param attributes where to write
	 */
	static void describeRecord(ConsumerRecord<?, ?> record, SpanAttributes attributes) {
		attributes.put(KafkaAttributes.PARTITION, Integer.toString(record.partition()));
		attributes.put(KafkaAttributes.OFFSET, record.offset());
		if (record.value() == null) {
			attributes.put(KafkaAttributes.TOMBSTONE, Boolean.TRUE);
		}
		if (record.serializedValueSize() >= 0) {
			attributes.put(KafkaAttributes.BODY_SIZE, record.serializedValueSize());
		}
	}

	@Override
	public SpanOutcome outcome(KafkaRecordReceiverContext context) {
		Throwable error = context.getError();
		return (error != null) ? SpanOutcome.of(ListenerFailures.thrownByListener(error)) : SpanOutcome.unset();
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
