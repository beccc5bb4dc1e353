package io.hindspan.explorer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.common.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as UTF-8. Spring Boot's own writer goes through text twice, writes numbers
 * that JSON has not, and breaks half surrogate pairs; what is in spans may be anything.
 * Whole numbers that JavaScript would round, and numbers that are none, are written as
 * text. Not thread-safe.
 */
final class Json {

	/** Beyond it, not every whole number is a double. */
	private static final long EXACT = 1L << 53;

	private static final int DEEPEST = 32;

	private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	private byte[] out = new byte[1024];

	private int size;

	private boolean separate;

	Json object() {
		return open('{');
	}

	Json endObject() {
		return close('}');
	}

	Json array() {
		return open('[');
	}

	Json endArray() {
		return close(']');
	}

	private Json open(char bracket) {
		separate();
		put(bracket);
		this.separate = false;
		return this;
	}

	private Json close(char bracket) {
		put(bracket);
		this.separate = true;
		return this;
	}

	/**
	 * The name of the member whose value comes next.
	 */
	Json name(String name) {
		separate();
		text(name);
		put(':');
		this.separate = false;
		return this;
	}

	Json member(String name, String value) {
		return name(name).value(value);
	}

	Json member(String name, long value) {
		return name(name).value(value);
	}

	Json member(String name, boolean value) {
		return name(name).value(value);
	}

	Json member(String name, double value) {
		return name(name).value(value);
	}

	/**
	 * A member that is left out where it has no value.
	 */
	Json optional(String name, @Nullable String value) {
		return (value == null || value.isEmpty()) ? this : member(name, value);
	}

	Json value(String value) {
		separate();
		text(value);
		return this;
	}

	Json value(boolean value) {
		separate();
		ascii(value ? "true" : "false");
		return this;
	}

	Json value(long value) {
		if (value > EXACT || value < -EXACT) {
			return value(Long.toString(value));
		}
		separate();
		ascii(Long.toString(value));
		return this;
	}

	Json value(double value) {
		if (Double.isNaN(value) || Double.isInfinite(value)) {
			return value(Double.toString(value));
		}
		separate();
		ascii(Double.toString(value));
		return this;
	}

	Json strings(String name, List<String> values) {
		name(name).array();
		for (String value : values) {
			value(value);
		}
		return endArray();
	}

	/**
	 * Attributes by their names.
	 */
	Json attributes(Attributes attributes) {
		object();
		attributes.forEach((key, value) -> {
			name(key.getKey());
			attribute(value, 0);
		});
		return endObject();
	}

	private void attribute(Object value, int depth) {
		if (depth > DEEPEST) {
			value("…");
		}
		else if (value instanceof Value<?> wrapped) {
			complex(wrapped, depth);
		}
		else if (value instanceof List<?> list) {
			array();
			for (Object element : list) {
				attribute(element, depth + 1);
			}
			endArray();
		}
		else if (value instanceof Long || value instanceof Integer) {
			value(((Number) value).longValue());
		}
		else if (value instanceof Double number) {
			value(number.doubleValue());
		}
		else if (value instanceof Boolean truth) {
			value(truth.booleanValue());
		}
		else {
			value(String.valueOf(value));
		}
	}

	private void complex(Value<?> value, int depth) {
		Object content = value.getValue();
		if (content instanceof ByteBuffer bytes) {
			value(base64(bytes));
		}
		else if (value.getType() == ValueType.KEY_VALUE_LIST && content instanceof List<?> list) {
			object();
			for (Object entry : list) {
				KeyValue member = (KeyValue) entry;
				name(member.getKey());
				attribute(member.getValue(), depth + 1);
			}
			endObject();
		}
		else {
			attribute(content, depth);
		}
	}

	private static String base64(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return Base64.getEncoder().encodeToString(bytes);
	}

	byte[] toBytes() {
		return Arrays.copyOf(this.out, this.size);
	}

	private void separate() {
		if (this.separate) {
			put(',');
		}
		this.separate = true;
	}

	private void text(String text) {
		put('"');
		int length = text.length();
		for (int i = 0; i < length; i++) {
			char character = text.charAt(i);
			if (character < 0x80) {
				ascii(character);
			}
			else if (character < 0x800) {
				room(2);
				this.out[this.size++] = (byte) (0xC0 | character >> 6);
				this.out[this.size++] = (byte) (0x80 | character & 0x3F);
			}
			else if (Character.isHighSurrogate(character) && i + 1 < length
					&& Character.isLowSurrogate(text.charAt(i + 1))) {
				supplementary(Character.toCodePoint(character, text.charAt(++i)));
			}
			else if (character == '\u2028' || character == '\u2029') {
				escaped(character);
			}
			else {
				char valid = Character.isSurrogate(character) ? '\uFFFD' : character;
				room(3);
				this.out[this.size++] = (byte) (0xE0 | valid >> 12);
				this.out[this.size++] = (byte) (0x80 | valid >> 6 & 0x3F);
				this.out[this.size++] = (byte) (0x80 | valid & 0x3F);
			}
		}
		put('"');
	}

	private void supplementary(int point) {
		room(4);
		this.out[this.size++] = (byte) (0xF0 | point >> 18);
		this.out[this.size++] = (byte) (0x80 | point >> 12 & 0x3F);
		this.out[this.size++] = (byte) (0x80 | point >> 6 & 0x3F);
		this.out[this.size++] = (byte) (0x80 | point & 0x3F);
	}

	/**
	 * What could end a script or begin a tag is escaped, too, for whoever puts an answer
	 * into a page.
	 */
	private void ascii(char character) {
		switch (character) {
			case '"', '\\' -> {
				put('\\');
				put(character);
			}
			case '\n' -> ascii("\\n");
			case '\r' -> ascii("\\r");
			case '\t' -> ascii("\\t");
			case '<', '>', '&', 0x7F -> escaped(character);
			default -> {
				if (character < 0x20) {
					escaped(character);
				}
				else {
					put(character);
				}
			}
		}
	}

	private void escaped(char character) {
		room(6);
		this.out[this.size++] = '\\';
		this.out[this.size++] = 'u';
		for (int shift = 12; shift >= 0; shift -= 4) {
			this.out[this.size++] = HEX[character >> shift & 0xF];
		}
	}

	@SuppressWarnings("deprecation")
	private void ascii(String text) {
		int length = text.length();
		room(length);
		text.getBytes(0, length, this.out, this.size);
		this.size += length;
	}

	private void put(char character) {
		room(1);
		this.out[this.size++] = (byte) character;
	}

	private void room(int bytes) {
		if (this.size + bytes > this.out.length) {
			this.out = Arrays.copyOf(this.out, Math.max(this.out.length * 2, this.size + bytes));
		}
	}

}
