package io.hindspan.rabbit;

import java.nio.charset.StandardCharsets;

import com.rabbitmq.client.LongString;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;

/**
 * Reads headers of every type that a text can arrive in: the client keeps a long one as
 * {@link LongString}, and other clients send bytes. A header that is longer than any
 * format allows is not read.
 */
enum HeaderGetter implements TextMapGetter<Object> {

	INSTANCE;

	private static final int MAX_LENGTH = 8192;

	@Override
	public Iterable<String> keys(Object carrier) {
		return ((Message) carrier).getMessageProperties().getHeaders().keySet();
	}

	@Override
	public @Nullable String get(@Nullable Object carrier, String key) {
		if (!(carrier instanceof Message message)) {
			return null;
		}
		Object value = message.getMessageProperties().getHeaders().get(key);
		if (value instanceof String text) {
			return (text.length() <= MAX_LENGTH) ? text : null;
		}
		if (value instanceof LongString text) {
			return (text.length() <= MAX_LENGTH) ? text.toString() : null;
		}
		if (value instanceof byte[] bytes) {
			return (bytes.length <= MAX_LENGTH) ? new String(bytes, StandardCharsets.UTF_8) : null;
		}
		return null;
	}

}
