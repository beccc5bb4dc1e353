package io.hindspan.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracers;

/**
 * Reads the last of several headers of one name, which is the last sender's. A header
 * that is longer than any format allows is not read.
 */
enum LastHeaderGetter implements TextMapGetter<Object> {

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
		return (carrier instanceof ConsumerRecord<?, ?> record) ? value(record.headers(), key) : null;
	}

	/**
	 * Reads the context of a record.
	 * @param tracers the tracers
	 * @param base the context to extend
	 * @param headers the record's headers
	 * @return the context with what the headers tell, the same one if they tell nothing
	 */
	static Context extract(InstrumentationTracers tracers, Context base, Headers headers) {
		return tracers.extract(base, (key) -> value(headers, key));
	}

	private static @Nullable String value(Headers headers, String key) {
		Header header = headers.lastHeader(key);
		byte[] value = (header != null) ? header.value() : null;
		return (value != null && value.length <= MAX_LENGTH) ? new String(value, StandardCharsets.UTF_8) : null;
	}

}
