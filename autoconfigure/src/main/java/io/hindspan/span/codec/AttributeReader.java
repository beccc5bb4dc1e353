package io.hindspan.span.codec;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import org.jspecify.annotations.Nullable;

/**
 * Reads attributes and texts that {@link AttributeWriter} has written. What is none of
 * them is an {@link IOException}, and takes no more memory than it has bytes. For one
 * thread.
 */
public final class AttributeReader {

	/** Of values within values. */
	static final int MAX_DEPTH = 64;

	private final DataInputStream in;

	/** An array that says it is longer is none. */
	private final int limit;

	/**
	 * Creates a reader.
	 * @param in what to read from, between what others read there
	 * @param limit how many bytes there are at most
	 */
	public AttributeReader(DataInputStream in, int limit) {
		this.in = in;
		this.limit = limit;
	}

	/**
	 * Reads attributes.
	 * @return the attributes
	 * @throws IOException if there are none
	 */
	public Attributes attributes() throws IOException {
		int count = length();
		if (count == 0) {
			return Attributes.empty();
		}
		AttributesBuilder attributes = Attributes.builder();
		for (int i = 0; i < count; i++) {
			String key = required();
			attribute(attributes, key, this.in.readByte());
		}
		return attributes.build();
	}

	private void attribute(AttributesBuilder attributes, String key, int code) throws IOException {
		switch (code) {
			case AttributeCode.STRING -> attributes.put(AttributeKey.stringKey(key), required());
			case AttributeCode.BOOLEAN -> attributes.put(AttributeKey.booleanKey(key), this.in.readBoolean());
			case AttributeCode.LONG -> attributes.put(AttributeKey.longKey(key), this.in.readLong());
			case AttributeCode.DOUBLE -> attributes.put(AttributeKey.doubleKey(key), this.in.readDouble());
			case AttributeCode.STRING_ARRAY -> attributes.put(AttributeKey.stringArrayKey(key), list(this::required));
			case AttributeCode.BOOLEAN_ARRAY ->
				attributes.put(AttributeKey.booleanArrayKey(key), list(this.in::readBoolean));
			case AttributeCode.LONG_ARRAY -> attributes.put(AttributeKey.longArrayKey(key), list(this.in::readLong));
			case AttributeCode.DOUBLE_ARRAY ->
				attributes.put(AttributeKey.doubleArrayKey(key), list(this.in::readDouble));
			case AttributeCode.VALUE -> attributes.put(AttributeKey.valueKey(key), value(0));
			default -> throw new IOException("There is no attribute of type " + code);
		}
	}

	private <T> List<T> list(Element<T> element) throws IOException {
		int count = length();
		List<T> elements = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			elements.add(element.read());
		}
		return elements;
	}

	private Value<?> value(int depth) throws IOException {
		if (depth > MAX_DEPTH) {
			throw new IOException("There are too many values within each other");
		}
		int code = this.in.readByte();
		return switch (code) {
			case AttributeCode.STRING -> Value.of(required());
			case AttributeCode.BOOLEAN -> Value.of(this.in.readBoolean());
			case AttributeCode.LONG -> Value.of(this.in.readLong());
			case AttributeCode.DOUBLE -> Value.of(this.in.readDouble());
			case AttributeCode.BYTES -> Value.of(bytes(length()));
			case AttributeCode.ARRAY -> Value.of(list(() -> value(depth + 1)));
			case AttributeCode.MAP ->
				Value.of(list(() -> KeyValue.of(required(), value(depth + 1))).toArray(KeyValue[]::new));
			case AttributeCode.EMPTY -> Value.empty();
			default -> throw new IOException("There is no value of type " + code);
		};
	}

	/**
	 * Reads a text.
	 * @return the text
	 * @throws IOException if there is none
	 */
	public String required() throws IOException {
		String text = text();
		if (text == null) {
			throw new IOException("There is no text");
		}
		return text;
	}

	/**
	 * Reads a text or none.
	 * @return the text, or {@code null}
	 * @throws IOException if there is neither
	 */
	public @Nullable String text() throws IOException {
		int length = this.in.readInt();
		return (length == -1) ? null : new String(bytes(checked(length)), StandardCharsets.UTF_8);
	}

	/**
	 * Reads bytes.
	 * @param length how many
	 * @return the bytes
	 * @throws IOException if there are fewer
	 */
	public byte[] bytes(int length) throws IOException {
		byte[] bytes = new byte[length];
		this.in.readFully(bytes);
		return bytes;
	}

	/**
	 * Reads the length of something.
	 * @return a length that there is room for
	 * @throws IOException if there is none
	 */
	public int length() throws IOException {
		return checked(this.in.readInt());
	}

	private int checked(int length) throws IOException {
		if (length < 0 || length > this.limit) {
			throw new IOException("There cannot be " + length);
		}
		return length;
	}

	/**
	 * Reads one element of a list.
	 */
	private interface Element<T> {

		T read() throws IOException;

	}

}
