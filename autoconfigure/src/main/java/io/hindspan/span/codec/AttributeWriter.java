package io.hindspan.span.codec;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import org.jspecify.annotations.Nullable;

/**
 * Writes attributes and texts, which {@link AttributeReader} reads. For one thread.
 */
public final class AttributeWriter {

	private final DataOutputStream out;

	/**
	 * Creates a writer.
	 * @param out where to write, between what others write there
	 */
	public AttributeWriter(DataOutputStream out) {
		this.out = out;
	}

	/**
	 * Writes attributes.
	 * @param attributes the attributes
	 * @throws IOException if they cannot be written
	 */
	public void attributes(Attributes attributes) throws IOException {
		Map<AttributeKey<?>, Object> all = attributes.asMap();
		this.out.writeInt(all.size());
		for (Map.Entry<AttributeKey<?>, Object> attribute : all.entrySet()) {
			text(attribute.getKey().getKey());
			attribute(attribute.getKey().getType(), attribute.getValue());
		}
	}

	private void attribute(AttributeType type, Object value) throws IOException {
		this.out.writeByte(AttributeCode.of(type));
		switch (type) {
			case STRING -> text((String) value);
			case BOOLEAN -> this.out.writeBoolean((Boolean) value);
			case LONG -> this.out.writeLong((Long) value);
			case DOUBLE -> this.out.writeDouble((Double) value);
			case VALUE -> value((Value<?>) value, 0);
			case STRING_ARRAY, BOOLEAN_ARRAY, LONG_ARRAY, DOUBLE_ARRAY -> {
				List<?> elements = (List<?>) value;
				this.out.writeInt(elements.size());
				for (Object element : elements) {
					element(type, element);
				}
			}
		}
	}

	/**
	 * One that is missing is written as an empty text, zero or false, as the
	 * specification has it.
	 */
	private void element(AttributeType type, @Nullable Object element) throws IOException {
		switch (type) {
			case STRING_ARRAY -> text((element != null) ? (String) element : "");
			case BOOLEAN_ARRAY -> this.out.writeBoolean(element != null && (Boolean) element);
			case LONG_ARRAY -> this.out.writeLong((element != null) ? (Long) element : 0);
			default -> this.out.writeDouble((element != null) ? (Double) element : 0);
		}
	}

	private void value(Value<?> value, int depth) throws IOException {
		if (depth > AttributeReader.MAX_DEPTH) {
			throw new IOException("There are too many values within each other");
		}
		this.out.writeByte(AttributeCode.of(value.getType()));
		Object content = value.getValue();
		switch (value.getType()) {
			case STRING -> text((String) content);
			case BOOLEAN -> this.out.writeBoolean((Boolean) content);
			case LONG -> this.out.writeLong((Long) content);
			case DOUBLE -> this.out.writeDouble((Double) content);
			case ARRAY -> {
				List<?> elements = (List<?>) content;
				this.out.writeInt(elements.size());
				for (Object element : elements) {
					value((Value<?>) element, depth + 1);
				}
			}
			case KEY_VALUE_LIST -> {
				List<?> entries = (List<?>) content;
				this.out.writeInt(entries.size());
				for (Object entry : entries) {
					text(((KeyValue) entry).getKey());
					value(((KeyValue) entry).getValue(), depth + 1);
				}
			}
			case BYTES -> {
				ByteBuffer buffer = ((ByteBuffer) content).duplicate();
				byte[] bytes = new byte[buffer.remaining()];
				buffer.get(bytes);
				bytes(bytes);
			}
			case EMPTY -> {
			}
		}
	}

	/**
	 * Writes a text, which may be longer than {@link DataOutputStream#writeUTF} can have
	 * it.
	 * @param text the text, or {@code null} for none
	 * @throws IOException if it cannot be written
	 */
	public void text(@Nullable String text) throws IOException {
		if (text == null) {
			this.out.writeInt(-1);
			return;
		}
		bytes(text.getBytes(StandardCharsets.UTF_8));
	}

	private void bytes(byte[] bytes) throws IOException {
		this.out.writeInt(bytes.length);
		this.out.write(bytes);
	}

}
