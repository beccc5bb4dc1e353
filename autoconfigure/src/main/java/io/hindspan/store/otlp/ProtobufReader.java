package io.hindspan.store.otlp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The fields of a protobuf message, one after the other. Nothing is copied but what is
 * asked for. For one thread.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers
 * Encoding</a>
 */
final class ProtobufReader {

	static final int VARINT = 0;

	static final int FIXED64 = 1;

	static final int LENGTH = 2;

	static final int FIXED32 = 5;

	private static final int GROUP = 3;

	private static final int GROUP_END = 4;

	private static final int MAX_GROUPS = 100;

	private final byte[] bytes;

	private final ByteBuffer numbers;

	private final int start;

	private final int end;

	private int position;

	ProtobufReader(byte[] bytes) {
		this(bytes, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
	}

	private ProtobufReader(byte[] bytes, ByteBuffer numbers, int start, int end) {
		this.bytes = bytes;
		this.numbers = numbers;
		this.start = start;
		this.end = end;
		this.position = start;
	}

	/**
	 * The tag of a field.
	 */
	static int tag(int field, int wireType) {
		return field << 3 | wireType;
	}

	/**
	 * The same message from its beginning.
	 */
	ProtobufReader again() {
		return new ProtobufReader(this.bytes, this.numbers, this.start, this.end);
	}

	/**
	 * The tag of the next field.
	 * @return the tag, 0 at the end
	 */
	int next() throws MalformedOtlpException {
		if (this.position == this.end) {
			return 0;
		}
		long tag = varint();
		if (tag >>> 3 == 0 || tag >>> 32 != 0) {
			throw malformed("There is no field with the number " + (tag >>> 3));
		}
		return (int) tag;
	}

	long varint() throws MalformedOtlpException {
		long value = 0;
		for (int shift = 0; shift < 64; shift += 7) {
			if (this.position == this.end) {
				throw truncated();
			}
			byte next = this.bytes[this.position++];
			value |= (long) (next & 0x7F) << shift;
			if (next >= 0) {
				return value;
			}
		}
		throw malformed("A number has more than ten bytes");
	}

	long fixed64() throws MalformedOtlpException {
		return this.numbers.getLong(take(8));
	}

	int fixed32() throws MalformedOtlpException {
		return this.numbers.getInt(take(4));
	}

	ProtobufReader message() throws MalformedOtlpException {
		int length = length();
		int from = take(length);
		return new ProtobufReader(this.bytes, this.numbers, from, from + length);
	}

	/**
	 * A text, cut if it is too long. What is no UTF-8 is replaced.
	 */
	String text() throws MalformedOtlpException {
		int length = length();
		int from = take(length);
		return AttributeParts
			.cut(new String(this.bytes, from, Math.min(length, 4 * AttributeParts.MAX_TEXT), StandardCharsets.UTF_8));
	}

	/**
	 * Bytes, of which more than a text may have are left out.
	 */
	byte[] bytes() throws MalformedOtlpException {
		int length = length();
		int from = take(length);
		return Arrays.copyOfRange(this.bytes, from, from + Math.min(length, AttributeParts.MAX_TEXT));
	}

	/**
	 * Bytes in hexadecimal digits.
	 * @param most how many may make sense
	 * @return the digits; something that is no id if there are more
	 */
	String hex(int most) throws MalformedOtlpException {
		int length = length();
		int from = take(length);
		return HexFormat.of().formatHex(this.bytes, from, from + Math.min(length, most + 1));
	}

	/**
	 * Leaves a field out.
	 * @param tag its tag
	 */
	void skip(int tag) throws MalformedOtlpException {
		int[] groups = new int[0];
		int depth = 0;
		int next = tag;
		do {
			switch (next & 7) {
				case VARINT -> varint();
				case FIXED64 -> take(8);
				case FIXED32 -> take(4);
				case LENGTH -> take(length());
				case GROUP -> {
					if (depth == MAX_GROUPS) {
						throw malformed("There are too many groups within each other");
					}
					groups = (depth == 0) ? new int[MAX_GROUPS] : groups;
					groups[depth++] = next >>> 3;
				}
				case GROUP_END -> {
					if (depth == 0 || groups[--depth] != next >>> 3) {
						throw malformed("A group ends that has not begun");
					}
				}
				default -> throw malformed("There is no wire type " + (next & 7));
			}
			if (depth > 0) {
				next = next();
				if (next == 0) {
					throw truncated();
				}
			}
		}
		while (depth > 0);
	}

	private int length() throws MalformedOtlpException {
		long length = varint();
		if (length < 0 || length > this.end - this.position) {
			throw truncated();
		}
		return (int) length;
	}

	private int take(int length) throws MalformedOtlpException {
		int from = this.position;
		if (length > this.end - from) {
			throw truncated();
		}
		this.position += length;
		return from;
	}

	private MalformedOtlpException truncated() {
		return malformed("A field is longer than the message that it is in");
	}

	private MalformedOtlpException malformed(String what) {
		return new MalformedOtlpException(what + " (at byte " + this.position + ")");
	}

}
