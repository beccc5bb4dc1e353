package io.hindspan.redis;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.stream.Record;
import org.springframework.data.redis.stream.StreamListener;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Hands each record to a listener in a span, which continues the trace that the record's
 * fields tell, or begins one.
 *
 * @param <K> the type of the stream's key
 * @param <V> the type of the records
 */
final class TracedStreamListener<K, V extends Record<K, ?>> implements StreamListener<K, V> {

	private final FaultGuard guard = new FaultGuard("a record of Redis");

	private final StreamListener<K, V> listener;

	private final @Nullable String group;

	private final Supplier<ProcessSpans> spans;

	TracedStreamListener(StreamListener<K, V> listener, @Nullable String group, Supplier<ProcessSpans> spans) {
		this.listener = listener;
		this.group = group;
		this.spans = spans;
	}

	@Override
	public void onMessage(V message) {
		OpenSpan.run(this.guard, () -> open(message), () -> {
			this.listener.onMessage(message);
			return null;
		});
	}

	private OpenSpan open(V message) {
		ProcessSpans spans = this.spans.get();
		String stream = text(message.getStream());
		Context sender = (message.getValue() instanceof Map<?, ?> fields)
				? spans.sender((name) -> text(fields.get(name))) : Context.root();
		return spans.open(sender, (stream != null) ? stream : RedisSpan.SYSTEM,
				(attributes) -> describe(attributes, message, stream));
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
