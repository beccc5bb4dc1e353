package io.hindspan.store.otlp;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as they are read. A value is a text, a {@code Boolean}, a {@code Long}, a
 * {@code Double}, an array of bytes, a list of values, {@link Entries}, or {@code null}.
 * For one thread.
 */
final class AttributeParts {

	/** Of one span, event, link, resource or scope. */
	static final int MAX_ATTRIBUTES = 256;

	/** Of a key, in characters. */
	static final int MAX_KEY = 255;

	/** Of a text, in characters. */
	static final int MAX_TEXT = 32_768;

	/** Of one list. */
	static final int MAX_ELEMENTS = 10_000;

	/** Of values within values. What is deeper is {@code null}. */
	static final int MAX_DEPTH = 16;

	private @Nullable AttributesBuilder builder;

	private int count;

	private long dropped;

	/**
	 * Adds an attribute.
	 * @param key its key; an attribute without one is none
	 * @param value its value, or {@code null} for an empty one
	 */
	void add(String key, @Nullable Object value) {
		if (this.count == MAX_ATTRIBUTES || key.isEmpty() || key.length() > MAX_KEY) {
			this.dropped++;
			return;
		}
		if (this.builder == null) {
			this.builder = Attributes.builder();
		}
		this.count++;
		put(this.builder, key, value);
	}

	/**
	 * Adds what the sender has dropped.
	 */
	void dropped(long count) {
		this.dropped += Math.max(0, count);
	}

	Attributes build() {
		return (this.builder != null) ? this.builder.build() : Attributes.empty();
	}

	/**
	 * How many there were.
	 * @param attributes those that are left
	 */
	int total(Attributes attributes) {
		return total(attributes.size(), this.dropped);
	}

	static int total(int size, long dropped) {
		return (int) Math.min(Integer.MAX_VALUE, size + Math.max(0, dropped));
	}

	private static void put(AttributesBuilder attributes, String key, @Nullable Object value) {
		if (value == null) {
			attributes.put(AttributeKey.stringKey(key), "");
		}
		else if (value instanceof String text) {
			attributes.put(AttributeKey.stringKey(key), text);
		}
		else if (value instanceof Boolean flag) {
			attributes.put(AttributeKey.booleanKey(key), flag);
		}
		else if (value instanceof Long number) {
			attributes.put(AttributeKey.longKey(key), number);
		}
		else if (value instanceof Double number) {
			attributes.put(AttributeKey.doubleKey(key), number);
		}
		else if (value instanceof byte[] bytes) {
			attributes.put(AttributeKey.stringKey(key), cut(Base64.getEncoder().encodeToString(bytes)));
		}
		else if (!(value instanceof List<?> elements) || !putArray(attributes, key, elements)) {
			StringBuilder json = new StringBuilder();
			JsonText.value(json, value, MAX_TEXT);
			attributes.put(AttributeKey.stringKey(key), cut(json.toString()));
		}
	}

	/**
	 * A list of one type of plain values is an array, as
	 * <a href="https://opentelemetry.io/docs/specs/otel/common/">OpenTelemetry</a> knows
	 * it.
	 */
	@SuppressWarnings("unchecked")
	private static boolean putArray(AttributesBuilder attributes, String key, List<?> elements) {
		Class<?> type = null;
		for (Object element : elements) {
			if (element == null || (type != null && element.getClass() != type)) {
				return false;
			}
			type = element.getClass();
		}
		if (type == null || type == String.class) {
			attributes.put(AttributeKey.stringArrayKey(key), (List<String>) elements);
		}
		else if (type == Boolean.class) {
			attributes.put(AttributeKey.booleanArrayKey(key), (List<Boolean>) elements);
		}
		else if (type == Long.class) {
			attributes.put(AttributeKey.longArrayKey(key), (List<Long>) elements);
		}
		else if (type == Double.class) {
			attributes.put(AttributeKey.doubleArrayKey(key), (List<Double>) elements);
		}
		else {
			return false;
		}
		return true;
	}

	/**
	 * The beginning of a text, if it is too long.
	 */
	static String cut(String text) {
		if (text.length() <= MAX_TEXT) {
			return text;
		}
		boolean half = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1));
		return text.substring(0, half ? MAX_TEXT - 1 : MAX_TEXT);
	}

	/**
	 * Values by keys, in their order.
	 *
	 * @param all the entries
	 */
	record Entries(List<Entry> all) {

		Entries() {
			this(new ArrayList<>());
		}

	}

	/**
	 * A value and its key.
	 *
	 * @param key the key
	 * @param value the value
	 */
	record Entry(String key, @Nullable Object value) {

	}

}
