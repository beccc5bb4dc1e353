package io.hindspan.store.disk;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.span.codec.AttributeReader;
import io.hindspan.span.codec.AttributeWriter;
import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;

/**
 * The bytes of spans of one trace: the version of the format, the length, and compressed
 * the origins and the spans.
 */
final class RecordCode {

	/** How long spans that are written together may be. */
	static final int MAX_LENGTH = 64 * 1024 * 1024;

	private static final int VERSION = 1;

	private static final int HEADER = 5;

	private RecordCode() {
	}

	static byte[] encode(List<SpanRecord> spans) throws IOException {
		ByteArrayOutputStream plain = new ByteArrayOutputStream(8 * 1024);
		new Encoder(new DataOutputStream(plain)).write(spans);
		if (plain.size() > MAX_LENGTH) {
			throw new IOException("The spans have " + plain.size() + " bytes");
		}
		ByteArrayOutputStream packed = new ByteArrayOutputStream(2 * 1024);
		DataOutputStream header = new DataOutputStream(packed);
		header.writeByte(VERSION);
		header.writeInt(plain.size());
		Deflater deflater = new Deflater(Deflater.BEST_SPEED);
		try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
			plain.writeTo(out);
		}
		finally {
			deflater.end();
		}
		return packed.toByteArray();
	}

	/**
	 * Reads spans.
	 * @throws IOException if it is not what {@link #encode} makes
	 */
	static List<SpanRecord> decode(String traceId, byte[] bytes) throws IOException {
		DataInputStream header = new DataInputStream(new ByteArrayInputStream(bytes));
		int version = header.readByte();
		if (version != VERSION) {
			throw new IOException("The format has version " + version);
		}
		int length = header.readInt();
		if (length < 0 || length > MAX_LENGTH) {
			throw new IOException("There cannot be " + length + " bytes");
		}
		byte[] plain = new byte[length];
		Inflater inflater = new Inflater();
		try {
			inflater.setInput(bytes, HEADER, bytes.length - HEADER);
			int count = 0;
			while (count < length) {
				int more = inflater.inflate(plain, count, length - count);
				if (more == 0) {
					throw new IOException("There are fewer bytes than there should be");
				}
				count += more;
			}
			return new Decoder(traceId, new DataInputStream(new ByteArrayInputStream(plain)), length).read();
		}
		catch (DataFormatException | RuntimeException ex) {
			throw new IOException("There are no spans", ex);
		}
		finally {
			inflater.end();
		}
	}

	/**
	 * Writes spans.
	 */
	private static final class Encoder {

		private final DataOutputStream out;

		private final AttributeWriter values;

		Encoder(DataOutputStream out) {
			this.out = out;
			this.values = new AttributeWriter(out);
		}

		void write(List<SpanRecord> spans) throws IOException {
			Map<SpanOrigin, Integer> origins = new LinkedHashMap<>();
			for (SpanRecord span : spans) {
				origins.putIfAbsent(span.origin(), origins.size());
			}
			this.out.writeInt(origins.size());
			for (SpanOrigin origin : origins.keySet()) {
				this.values.text(origin.service());
				this.values.text(origin.scope());
				this.values.text(origin.scopeVersion());
				this.values.attributes(origin.resource());
			}
			this.out.writeInt(spans.size());
			for (SpanRecord span : spans) {
				this.out.writeInt(origins.get(span.origin()));
				write(span);
			}
		}

		private void write(SpanRecord span) throws IOException {
			this.values.text(span.spanId());
			this.values.text(span.parentId());
			this.out.writeByte(span.flags());
			this.values.text(span.traceState());
			this.values.text(span.name());
			this.values.text(span.kind().name());
			this.out.writeLong(span.start());
			this.out.writeLong(span.end());
			this.values.text(span.status().name());
			this.values.text(span.statusDescription());
			this.values.attributes(span.attributes());
			this.out.writeInt(span.droppedAttributes());
			this.out.writeInt(span.events().size());
			for (SpanRecord.Event event : span.events()) {
				this.values.text(event.name());
				this.out.writeLong(event.time());
				this.values.attributes(event.attributes());
			}
			this.out.writeInt(span.droppedEvents());
			this.out.writeInt(span.links().size());
			for (SpanRecord.Link link : span.links()) {
				this.values.text(link.traceId());
				this.values.text(link.spanId());
				this.values.attributes(link.attributes());
			}
			this.out.writeInt(span.droppedLinks());
		}

	}

	/**
	 * Reads spans.
	 */
	private static final class Decoder {

		private final String traceId;

		private final DataInputStream in;

		private final AttributeReader values;

		Decoder(String traceId, DataInputStream in, int limit) {
			this.traceId = traceId;
			this.in = in;
			this.values = new AttributeReader(in, limit);
		}

		List<SpanRecord> read() throws IOException {
			List<SpanOrigin> origins = new ArrayList<>();
			for (int i = this.values.length(); i > 0; i--) {
				origins.add(new SpanOrigin(this.values.required(), this.values.required(), this.values.text(),
						this.values.attributes()));
			}
			List<SpanRecord> spans = new ArrayList<>();
			for (int i = this.values.length(); i > 0; i--) {
				spans.add(span(origins.get(this.in.readInt())));
			}
			return spans;
		}

		private SpanRecord span(SpanOrigin origin) throws IOException {
			return new SpanRecord(this.traceId, this.values.required(), this.values.text(), this.in.readByte(),
					this.values.required(), origin, this.values.required(), SpanKind.valueOf(this.values.required()),
					this.in.readLong(), this.in.readLong(), StatusCode.valueOf(this.values.required()),
					this.values.required(), this.values.attributes(), this.in.readInt(), events(), this.in.readInt(),
					links(), this.in.readInt());
		}

		private List<SpanRecord.Event> events() throws IOException {
			List<SpanRecord.Event> events = new ArrayList<>();
			for (int i = this.values.length(); i > 0; i--) {
				events.add(new SpanRecord.Event(this.values.required(), this.in.readLong(), this.values.attributes()));
			}
			return List.copyOf(events);
		}

		private List<SpanRecord.Link> links() throws IOException {
			List<SpanRecord.Link> links = new ArrayList<>();
			for (int i = this.values.length(); i > 0; i--) {
				links
					.add(new SpanRecord.Link(this.values.required(), this.values.required(), this.values.attributes()));
			}
			return List.copyOf(links);
		}

	}

}
