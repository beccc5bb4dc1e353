package io.hindspan.export.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * The content of the file of a batch: a mark with the version of the format, a checksum
 * over all that follows, the length of the spans, and the spans, compressed.
 */
final class BatchFile {

	/** How long the spans of a batch may be, a thousand times what they usually are. */
	static final int MAX_LENGTH = 64 * 1024 * 1024;

	private static final int HEADER = 16;

	/** {@code HSPN}. */
	private static final int MARK = 0x4853504E;

	private static final int VERSION = 1;

	private BatchFile() {
	}

	static byte[] of(List<SpanData> spans) throws IOException {
		ByteArrayOutputStream plain = new ByteArrayOutputStream(64 * 1024);
		new SpanWriter(plain).write(spans);
		if (plain.size() > MAX_LENGTH) {
			throw new IOException("The batch has " + plain.size() + " bytes");
		}
		ByteArrayOutputStream packed = new ByteArrayOutputStream(16 * 1024);
		Deflater deflater = new Deflater(Deflater.BEST_SPEED);
		try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
			plain.writeTo(out);
		}
		finally {
			deflater.end();
		}
		ByteBuffer file = ByteBuffer.allocate(HEADER + packed.size());
		file.putInt(MARK).putInt(VERSION).putInt(0).putInt(plain.size()).put(packed.toByteArray());
		file.putInt(8, checksum(file.array()));
		return file.array();
	}

	/**
	 * Reads the content of a file.
	 * @throws IOException if it is not what {@link #of} makes
	 */
	static List<SpanData> spans(byte[] content) throws IOException {
		ByteBuffer file = ByteBuffer.wrap(content);
		if (content.length < HEADER || file.getInt() != MARK) {
			throw new IOException("It is no file of spans");
		}
		int version = file.getInt();
		if (version != VERSION) {
			throw new IOException("Its format has version " + version);
		}
		if (file.getInt() != checksum(content)) {
			throw new IOException("Its checksum is wrong");
		}
		int length = file.getInt();
		if (length < 0 || length > MAX_LENGTH) {
			throw new IOException("It says that it has " + length + " bytes");
		}
		try {
			return new SpanReader(new ByteArrayInputStream(unpacked(content, length)), length).read();
		}
		catch (RuntimeException ex) {
			throw new IOException("It has no spans", ex);
		}
	}

	private static byte[] unpacked(byte[] content, int length) throws IOException {
		byte[] plain = new byte[length];
		Inflater inflater = new Inflater();
		try {
			inflater.setInput(content, HEADER, content.length - HEADER);
			int count = 0;
			while (count < length) {
				int more = inflater.inflate(plain, count, length - count);
				if (more == 0) {
					throw new IOException("It has fewer bytes than it says");
				}
				count += more;
			}
			return plain;
		}
		catch (DataFormatException ex) {
			throw new IOException("It cannot be unpacked", ex);
		}
		finally {
			inflater.end();
		}
	}

	private static int checksum(byte[] content) {
		CRC32C checksum = new CRC32C();
		checksum.update(content, 12, content.length - 12);
		return (int) checksum.getValue();
	}

}
