package io.hindspan.store.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/**
 * Reads and writes keys and values. MVStore's own types believe whatever length a damaged
 * file tells, and the memory of the application is gone. Immutable.
 *
 * @param <T> the type of keys or values
 */
abstract class BoundedType<T> extends BasicDataType<T> {

	/** Of a page, more than any has. */
	private static final int MAX_ENTRIES = 64 * 1024;

	/** Bytes. */
	static final BoundedType<byte[]> BYTES = new BoundedType<>(byte[][]::new) {

		@Override
		byte[] bytes(byte[] value) {
			return value;
		}

		@Override
		byte[] value(byte[] bytes) {
			return bytes;
		}

	};

	/** Texts in ASCII. */
	static final BoundedType<String> TEXT = new BoundedType<>(String[]::new) {

		@Override
		byte[] bytes(String value) {
			return value.getBytes(StandardCharsets.ISO_8859_1);
		}

		@Override
		String value(byte[] bytes) {
			return new String(bytes, StandardCharsets.ISO_8859_1);
		}

		@Override
		public int getMemory(String value) {
			return OVERHEAD + value.length();
		}

		@Override
		public int compare(String left, String right) {
			return left.compareTo(right);
		}

	};

	/** Whole numbers that are not negative, as texts. */
	static final BoundedType<Long> NUMBER = new BoundedType<>(Long[]::new) {

		@Override
		public int getMemory(Long value) {
			return OVERHEAD;
		}

		@Override
		byte[] bytes(Long value) {
			return Long.toString(value).getBytes(StandardCharsets.ISO_8859_1);
		}

		@Override
		Long value(byte[] bytes) {
			return Long.valueOf(new String(bytes, StandardCharsets.ISO_8859_1));
		}

	};

	private static final int OVERHEAD = 24;

	private final IntFunction<T[]> storage;

	private BoundedType(IntFunction<T[]> storage) {
		this.storage = storage;
	}

	abstract byte[] bytes(T value);

	abstract T value(byte[] bytes);

	@Override
	public int getMemory(T value) {
		return OVERHEAD + bytes(value).length;
	}

	@Override
	public void write(WriteBuffer buffer, T value) {
		byte[] bytes = bytes(value);
		buffer.putVarInt(bytes.length).put(bytes);
	}

	@Override
	public T read(ByteBuffer buffer) {
		int length = DataUtils.readVarInt(buffer);
		if (length < 0 || length > buffer.remaining()) {
			throw DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "There cannot be {0} bytes", length);
		}
		byte[] bytes = new byte[length];
		buffer.get(bytes);
		return value(bytes);
	}

	@Override
	public T[] createStorage(int size) {
		if (size < 0 || size > MAX_ENTRIES) {
			throw DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "There cannot be {0} entries", size);
		}
		return this.storage.apply(size);
	}

}
