package io.hindspan.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the processing of a record by a listener.
 */
final class KafkaReceiverConvention implements SpanConvention<KafkaRecordReceiverContext> {

	private static final String PROCESS = "process";

	private static final String DEFAULT_NAME_SUFFIX = " process";

	/**
	 * The key-values of Spring's own convention that attributes say. The listener's id
	 * stays.
	 */
	private static final Set<String> COVERED = Set.of("messaging.consumer.id", "messaging.kafka.client_id",
			"messaging.kafka.consumer.group", "messaging.kafka.message.offset", "messaging.kafka.source.partition",
			"messaging.operation", "messaging.source.kind", "messaging.source.name", "messaging.system");

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
		ConsumerRecord<?, ?> record = context.getRecord();
		attributes.put(KafkaAttributes.SYSTEM, "kafka");
		attributes.put(KafkaAttributes.DESTINATION, record.topic());
		attributes.put(KafkaAttributes.OPERATION_TYPE, PROCESS);
		attributes.put(KafkaAttributes.OPERATION_NAME, PROCESS, null);
		attributes.put(KafkaAttributes.CONSUMER_GROUP, context.getGroupId());
	}

	@Override
	public TextMapGetter<Object> getter(KafkaRecordReceiverContext context) {
		return LastHeaderGetter.INSTANCE;
	}

	@Override
	public @Nullable String nameAtEnd(KafkaRecordReceiverContext context) {
		return NameOfApplication.of(context.getContextualName(), context.getSource(), DEFAULT_NAME_SUFFIX);
	}

	@Override
	public void attributesAtEnd(KafkaRecordReceiverContext context, SpanAttributes attributes) {
		ConsumerRecord<?, ?> record = context.getRecord();
		attributes.put(KafkaAttributes.PARTITION, context.getPartition());
		attributes.put(KafkaAttributes.OFFSET, record.offset());
		attributes.put(KafkaAttributes.CLIENT_ID, context.getClientId());
		if (record.value() == null) {
			attributes.put(KafkaAttributes.TOMBSTONE, Boolean.TRUE);
		}
		if (record.serializedValueSize() >= 0) {
			attributes.put(KafkaAttributes.BODY_SIZE, record.serializedValueSize());
		}
	}

	/**
	 * What the listener threw, not the container's wrapping of it.
	 */
	@Override
	public SpanOutcome outcome(KafkaRecordReceiverContext context) {
		Throwable error = context.getError();
		while (error instanceof ListenerExecutionFailedException && error.getCause() != null) {
			error = error.getCause();
		}
		return SpanOutcome.of(error);
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

	/**
	 * Reads the last of several headers of one name, which is the last sender's. A header
	 * that is longer than any format allows is not read.
	 */
	private enum LastHeaderGetter implements TextMapGetter<Object> {

		INSTANCE;

		private static final int MAX_LENGTH = 8192;

		@Override
		public Iterable<String> keys(Object carrier) {
			List<String> keys = new ArrayList<>();
			for (Header header : ((ConsumerRecord<?, ?>) carrier).headers()) {
				keys.add(header.key());
			}
			return keys;
		}

		@Override
		public @Nullable String get(@Nullable Object carrier, String key) {
			Header header = (carrier instanceof ConsumerRecord<?, ?> record) ? record.headers().lastHeader(key) : null;
			byte[] value = (header != null) ? header.value() : null;
			return (value != null && value.length <= MAX_LENGTH) ? new String(value, StandardCharsets.UTF_8) : null;
		}

	}

}
