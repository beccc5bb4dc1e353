package io.hindspan.explorer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the few messages that the intake answers with. Not thread-safe.
 */
final class Protobuf {

	private static final int VARINT = 0;

	private static final int LENGTH_DELIMITED = 2;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	Protobuf number(int field, long value) {
		varint((long) field << 3 | VARINT);
		varint(value);
		return this;
	}

	Protobuf text(int field, String value) {
		return bytes(field, value.getBytes(StandardCharsets.UTF_8));
	}

	Protobuf bytes(int field, byte[] value) {
		varint((long) field << 3 | LENGTH_DELIMITED);
		varint(value.length);
		this.out.writeBytes(value);
		return this;
	}

	private void varint(long value) {
		long rest = value;
		while ((rest & ~0x7FL) != 0) {
			this.out.write((int) (rest & 0x7F | 0x80));
			rest >>>= 7;
		}
		this.out.write((int) rest);
	}

	byte[] toBytes() {
		return this.out.toByteArray();
	}

}
