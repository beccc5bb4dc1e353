package io.hindspan.kafka;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.retrytopic.RetryTopicHeaders;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * Reads the headers by which Spring Kafka tells what a record has been through. Headers
 * come from anywhere: what is not as it should be is not there.
 */
final class RetryHeaders {

	private static final int MAX_NAME_LENGTH = 512;

	private RetryHeaders() {
	}

	/**
	 * How often the record's container has delivered it, where the application has turned
	 * that header on.
	 */
	static long deliveryAttempt(ConsumerRecord<?, ?> record) {
		return positive(record.headers().lastHeader(KafkaHeaders.DELIVERY_ATTEMPT));
	}

	/**
	 * The number of the attempt that a retry topic is made for.
	 * @return the number, 0 where the record is not in one
	 */
	static long retryTopicAttempt(ConsumerRecord<?, ?> record) {
		return positive(record.headers().lastHeader(RetryTopicHeaders.DEFAULT_HEADER_ATTEMPTS));
	}

	/**
	 * When the record was first sent, which is before it went to any retry topic.
	 * @return milliseconds since the epoch, negative if not known
	 */
	static long firstTimestamp(ConsumerRecord<?, ?> record) {
		Header header = record.headers().lastHeader(RetryTopicHeaders.DEFAULT_HEADER_ORIGINAL_TIMESTAMP);
		byte[] value = (header != null) ? header.value() : null;
		return (value != null && value.length > 0 && value.length <= Long.BYTES) ? new BigInteger(value).longValue()
				: record.timestamp();
	}

	/**
	 * The class of the exception that brought the record into a retry topic.
	 */
	static @Nullable String retryTopicReason(ConsumerRecord<?, ?> record) {
		String cause = name(record.headers().lastHeader(KafkaHeaders.EXCEPTION_CAUSE_FQCN));
		return (cause != null) ? cause : name(record.headers().lastHeader(KafkaHeaders.EXCEPTION_FQCN));
	}

	/**
	 * Whether a recoverer of Spring Kafka has published the record.
	 */
	static boolean isPublishedByRecoverer(Headers headers) {
		return headers.lastHeader(KafkaHeaders.DLT_EXCEPTION_FQCN) != null
				|| headers.lastHeader(KafkaHeaders.DLT_KEY_EXCEPTION_FQCN) != null
				|| headers.lastHeader(KafkaHeaders.DLT_ORIGINAL_TOPIC) != null
				|| headers.lastHeader(RetryTopicHeaders.DEFAULT_HEADER_ATTEMPTS) != null;
	}

	private static long positive(@Nullable Header header) {
		byte[] value = (header != null) ? header.value() : null;
		if (value == null || (value.length != Integer.BYTES && value.length != Byte.BYTES)) {
			return 0;
		}
		return (value.length == Byte.BYTES) ? Byte.toUnsignedInt(value[0])
				: Math.max(0, ByteBuffer.wrap(value).getInt());
	}

	private static @Nullable String name(@Nullable Header header) {
		byte[] value = (header != null) ? header.value() : null;
		return (value != null && value.length <= MAX_NAME_LENGTH) ? new String(value, StandardCharsets.UTF_8) : null;
	}

}
