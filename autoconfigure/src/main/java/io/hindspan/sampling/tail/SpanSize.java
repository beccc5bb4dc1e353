package io.hindspan.sampling.tail;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.function.BiConsumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.ExceptionEventData;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Estimates what an ended span holds in memory, rather too much than too little: strings
 * with two bytes a character, and every one as if it were the span's own.
 */
final class SpanSize implements BiConsumer<AttributeKey<?>, Object> {

	/** A span of the SDK without attributes, with its ids, clock and map. */
	private static final long SPAN = 600;

	private static final long ATTRIBUTE = 64;

	private static final long EVENT = 120;

	private static final long LINK = 160;

	/** A stack trace as objects, of an exception that is not yet a text. */
	private static final long EXCEPTION = 4096;

	private long bytes;

	private SpanSize() {
	}

	static long of(SpanData span) {
		SpanSize size = new SpanSize();
		size.bytes = SPAN + 2L * span.getName().length() + LINK * span.getLinks().size();
		size.add(span.getAttributes());
		for (EventData event : span.getEvents()) {
			size.bytes += EVENT + 2L * event.getName().length()
					+ ((event instanceof ExceptionEventData) ? EXCEPTION : 0);
			size.add(event.getAttributes());
		}
		span.getLinks().forEach((link) -> size.add(link.getAttributes()));
		return size.bytes;
	}

	private void add(Attributes attributes) {
		if (!attributes.isEmpty()) {
			attributes.forEach(this);
		}
	}

	@Override
	public void accept(AttributeKey<?> key, Object value) {
		this.bytes += ATTRIBUTE + valueSize(value);
	}

	private static long valueSize(Object value) {
		if (value instanceof String text) {
			return 2L * text.length();
		}
		if (value instanceof Value<?> any) {
			return valueSize(any.getValue());
		}
		if (value instanceof KeyValue entry) {
			return 2L * entry.getKey().length() + valueSize(entry.getValue());
		}
		if (value instanceof ByteBuffer data) {
			return data.remaining();
		}
		if (value instanceof Collection<?> values) {
			long sum = 0;
			for (Object element : values) {
				sum += ATTRIBUTE + valueSize(element);
			}
			return sum;
		}
		return 0;
	}

}
