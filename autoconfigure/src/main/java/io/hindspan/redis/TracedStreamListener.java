package io.hindspan.redis;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.stream.Record;
import org.springframework.data.redis.stream.StreamListener;

import io.hindspan.span.SpanAttributes;

/**
 * Hands each record to a listener in a span, which continues the trace that the record's
 * fields tell, or begins one.
 *
 * @param <K> the type of the stream's key
 * @param <V> the type of the records
 */
final class TracedStreamListener<K, V extends Record<K, ?>> implements StreamListener<K, V> {

	private final StreamListener<K, V> listener;

	private final @Nullable String group;

	private final ProcessSpans spans;

	TracedStreamListener(StreamListener<K, V> listener, @Nullable String group, ProcessSpans spans) {
		this.listener = listener;
		this.group = group;
		this.spans = spans;
	}

	@Override
	public void onMessage(V message) {
		String stream = text(message.getStream());
		Context sender = (message.getValue() instanceof Map<?, ?> fields)
				? this.spans.sender((name) -> text(fields.get(name))) : Context.root();
		this.spans.run(sender, (stream != null) ? stream : RedisSpan.SYSTEM,
				(attributes) -> describe(attributes, message, stream), () -> this.listener.onMessage(message));
	}

	private void describe(SpanAttributes attributes, V message, @Nullable String stream) {
		attributes.put(MessageAttributes.DESTINATION, stream);
		attributes.put(MessageAttributes.CONSUMER_GROUP, this.group);
		attributes.put(MessageAttributes.MESSAGE_ID, message.getId().getValue());
	}

	private static @Nullable String text(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return new String(bytes, StandardCharsets.UTF_8);
		}
		return (value != null) ? value.toString() : null;
	}

}
