package io.hindspan.export;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Reads what an OTLP backend has not taken of a request that it has taken: the field
 * {@code partial_success} of an {@code ExportTraceServiceResponse} in protobuf.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#partial-success">Partial
 * success</a>
 */
final class PartialSuccess {

	private static final int PARTIAL_SUCCESS = 1;

	private static final int REJECTED_SPANS = 1;

	private static final int ERROR_MESSAGE = 2;

	private static final int VARINT = 0;

	private static final int FIXED64 = 1;

	private static final int BYTES = 2;

	private static final int FIXED32 = 5;

	private final byte[] bytes;

	private int position;

	private int end;

	private PartialSuccess(byte[] bytes) {
		this.bytes = bytes;
		this.end = bytes.length;
	}

	/**
	 * What was not taken.
	 * @param response the response's message
	 * @return the failure, or null if all was taken or the response cannot be read
	 */
	static @Nullable SendFailure in(byte[] response) {
		try {
			return new PartialSuccess(response).read();
		}
		catch (IndexOutOfBoundsException ex) {
			// Whatever it says, the request was taken
			return null;
		}
	}

	private @Nullable SendFailure read() {
		if (!find(PARTIAL_SUCCESS, BYTES)) {
			return null;
		}
		int length = length();
		int begin = this.position;
		this.end = begin + length;
		long rejected = find(REJECTED_SPANS, VARINT) ? varint() : 0;
		if (rejected <= 0) {
			return null;
		}
		this.position = begin;
		String message = find(ERROR_MESSAGE, BYTES) ? text() : "";
		return SendFailure.partial(rejected,
				"refuses " + rejected + " spans of a batch" + (message.isEmpty() ? "" : " (" + message + ")"));
	}

	private String text() {
		int length = length();
		return ReplyText.printable(new String(this.bytes, this.position, length, StandardCharsets.UTF_8));
	}

	/**
	 * Moves behind the tag of a field.
	 */
	private boolean find(int field, int type) {
		while (this.position < this.end) {
			long tag = varint();
			if (tag == ((long) field << 3 | type)) {
				return true;
			}
			skip((int) (tag & 7));
		}
		return false;
	}

	private void skip(int type) {
		switch (type) {
			case VARINT -> varint();
			case FIXED64 -> this.position += 8;
			case BYTES -> {
				int length = length();
				this.position += length;
			}
			case FIXED32 -> this.position += 4;
			default -> throw new IndexOutOfBoundsException("No field of type " + type);
		}
	}

	private int length() {
		long length = varint();
		if (length < 0 || length > this.end - this.position) {
			throw new IndexOutOfBoundsException("Length " + length);
		}
		return (int) length;
	}

	private long varint() {
		long value = 0;
		for (int shift = 0; shift < 64; shift += 7) {
			byte next = this.bytes[this.position++];
			value |= (long) (next & 0x7f) << shift;
			if (next >= 0) {
				return value;
			}
		}
		throw new IndexOutOfBoundsException("No number");
	}

}
