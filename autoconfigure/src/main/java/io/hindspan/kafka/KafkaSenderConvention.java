package io.hindspan.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Describes the sending of a record: from the call until the broker's answer.
 */
final class KafkaSenderConvention implements SpanConvention<KafkaRecordSenderContext> {

	static final String SCOPE = "io.hindspan.kafka";

	private static final String TRACE_STATE = "tracestate";

	private static final String DEFAULT_NAME_SUFFIX = " send";

	/** The key-values of Spring's own convention, all said by attributes or no news. */
	private static final Set<String> COVERED = Set.of("messaging.destination.kind", "messaging.destination.name",
			"messaging.operation", "messaging.system", "spring.kafka.template.name");

	private final RecordDeliveries deliveries;

	KafkaSenderConvention(RecordDeliveries deliveries) {
		this.deliveries = deliveries;
	}

	@Override
	public Class<KafkaRecordSenderContext> contextType() {
		return KafkaRecordSenderContext.class;
	}

	@Override
	public String instrumentationScope() {
		return SCOPE;
	}

	@Override
	public SpanKind kind(KafkaRecordSenderContext context) {
		return SpanKind.PRODUCER;
	}

	@Override
	public String nameAtStart(KafkaRecordSenderContext context) {
		return context.getDestination() + " publish";
	}

	@Override
	public void attributesAtStart(KafkaRecordSenderContext context, SpanAttributes attributes) {
		ProducerRecord<?, ?> record = context.getRecord();
		attributes.put(KafkaAttributes.SYSTEM, "kafka");
		attributes.put(KafkaAttributes.DESTINATION, record.topic());
		attributes.put(KafkaAttributes.OPERATION_TYPE, "send", "publish");
		attributes.put(KafkaAttributes.OPERATION_NAME, "publish", null);
		if (record.partition() != null) {
			attributes.put(KafkaAttributes.PARTITION, record.partition().toString());
		}
		Object value = record.value();
		if (value == null) {
			attributes.put(KafkaAttributes.TOMBSTONE, Boolean.TRUE);
		}
		else if (value instanceof byte[] bytes) {
			attributes.put(KafkaAttributes.BODY_SIZE, bytes.length);
		}
		else if (value instanceof Bytes bytes) {
			attributes.put(KafkaAttributes.BODY_SIZE, bytes.get().length);
		}
	}

	@Override
	public TextMapSetter<Object> setter(KafkaRecordSenderContext context) {
		return HeaderSetter.INSTANCE;
	}

	@Override
	public Context parent(KafkaRecordSenderContext context, Context found) {
		return Span.fromContext(found).getSpanContext().isValid() ? found
				: this.deliveries.parentOfDeadLetter(context, found);
	}

	/**
	 * A record that is forwarded may bring the state of the trace that it came in, which
	 * the new headers do not overwrite where the new trace has none.
	 */
	@Override
	public void started(KafkaRecordSenderContext context, Span span) {
		this.deliveries.published(context);
		SpanContext spanContext = span.getSpanContext();
		if (spanContext.isValid() && spanContext.getTraceState().isEmpty()) {
			HeaderSetter.INSTANCE.set(context.getRecord(), TRACE_STATE, null);
		}
	}

	@Override
	public @Nullable String nameAtEnd(KafkaRecordSenderContext context) {
		return NameOfApplication.of(context.getContextualName(), context.getDestination(), DEFAULT_NAME_SUFFIX);
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

	/**
	 * Writes headers in the place of those that the record brings along. The producer
	 * closes the headers of a record that it has accepted: where such a record is sent
	 * once more, it keeps the headers of its first attempt.
	 */
	private enum HeaderSetter implements TextMapSetter<Object> {

		INSTANCE;

		@Override
		public void set(@Nullable Object carrier, String key, @Nullable String value) {
			if (carrier instanceof ProducerRecord<?, ?> record) {
				try {
					set(record.headers(), key, value);
				}
				catch (IllegalStateException ex) {
					// The headers are closed, and stay as they are
				}
			}
		}

		private void set(Headers headers, String key, @Nullable String value) {
			if (headers.lastHeader(key) != null) {
				headers.remove(key);
			}
			if (value != null) {
				headers.add(key, value.getBytes(StandardCharsets.UTF_8));
			}
		}

	}

}
