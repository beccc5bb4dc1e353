package io.hindspan.store;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;

/**
 * What objects take on the heap of a 64-bit JVM with compressed references.
 */
final class HeapSize {

	/** A list of one or two elements. */
	private static final long SMALL_LIST = 24;

	private static final long BOX = 24;

	private static final long RECORD = 32;

	private HeapSize() {
	}

	static long of(String text) {
		return 24 + array((isLatin1(text) ? 1 : 2), text.length());
	}

	private static boolean isLatin1(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > 0xFF) {
				return false;
			}
		}
		return true;
	}

	static long array(int element, int length) {
		return aligned(16 + (long) element * length);
	}

	private static long aligned(long bytes) {
		return (bytes + 7) & ~7;
	}

	static long list(int length) {
		if (length == 0) {
			return 0;
		}
		return (length > 2) ? SMALL_LIST + array(4, length) : SMALL_LIST;
	}

	/**
	 * Attributes without their keys and values.
	 */
	static long frame(Attributes attributes) {
		return attributes.isEmpty() ? 0 : 16 + array(4, 2 * attributes.size());
	}

	/**
	 * A value of an attribute that is no text.
	 */
	static long value(Object value) {
		if (value instanceof String text) {
			return of(text);
		}
		if (value instanceof Boolean) {
			return 0;
		}
		if (value instanceof List<?> values) {
			long sum = list(values.size());
			for (Object element : values) {
				sum += value(element);
			}
			return sum;
		}
		if (value instanceof Value<?> any) {
			return RECORD + nested(any.getValue());
		}
		return BOX;
	}

	private static long nested(Object value) {
		if (value instanceof ByteBuffer data) {
			return 2 * RECORD + array(1, data.remaining());
		}
		if (value instanceof KeyValue entry) {
			return RECORD + of(entry.getKey()) + value(entry.getValue());
		}
		if (value instanceof Collection<?> values) {
			long sum = 2 * SMALL_LIST + array(4, values.size());
			for (Object element : values) {
				sum += (element instanceof KeyValue) ? nested(element) : value(element);
			}
			return sum;
		}
		return value(value);
	}

}
