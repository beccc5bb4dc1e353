package io.hindspan.store.otlp;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request in protobuf. The numbers of the fields are those of
 * {@code opentelemetry/proto/trace/v1/trace.proto}. A field of another type than it
 * should be is one that is not known, as it is for any reader of protobuf. For one
 * request.
 */
final class ProtobufRequest {

	private static final int ID_16 = 16;

	private static final int ID_8 = 8;

	private static final int MESSAGE_1 = ProtobufReader.tag(1, ProtobufReader.LENGTH);

	private static final int MESSAGE_2 = ProtobufReader.tag(2, ProtobufReader.LENGTH);

	private static final int MESSAGE_3 = ProtobufReader.tag(3, ProtobufReader.LENGTH);

	private static final int MESSAGE_5 = ProtobufReader.tag(5, ProtobufReader.LENGTH);

	private static final int MESSAGE_6 = ProtobufReader.tag(6, ProtobufReader.LENGTH);

	private static final int MESSAGE_7 = ProtobufReader.tag(7, ProtobufReader.LENGTH);

	private final SpanIntake intake = new SpanIntake();

	OtlpRequest read(byte[] body) throws MalformedOtlpException {
		ProtobufReader request = new ProtobufReader(body);
		for (int tag = request.next(); tag != 0; tag = request.next()) {
			if (tag == MESSAGE_1) {
				resourceSpans(request.message());
			}
			else {
				request.skip(tag);
			}
		}
		return this.intake.request();
	}

	/**
	 * Fields may come in any order, so the resource is read before any span is.
	 */
	private void resourceSpans(ProtobufReader message) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String schemaUrl = "";
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1) {
				attributesOf(message.message(), MESSAGE_1, attributes);
			}
			else if (tag == MESSAGE_3) {
				schemaUrl = message.text();
			}
			else {
				message.skip(tag);
			}
		}
		Resource resource = SpanIntake.resource(attributes, schemaUrl);
		ProtobufReader again = message.again();
		for (int tag = again.next(); tag != 0; tag = again.next()) {
			if (tag == MESSAGE_2) {
				scopeSpans(again.message(), resource);
			}
			else {
				again.skip(tag);
			}
		}
	}

	private static void attributesOf(ProtobufReader message, int field, AttributeParts attributes)
			throws MalformedOtlpException {
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == field) {
				attribute(message.message(), attributes);
			}
			else {
				message.skip(tag);
			}
		}
	}

	private void scopeSpans(ProtobufReader message, Resource resource) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String name = "";
		String version = "";
		String schemaUrl = "";
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1) {
				ProtobufReader scope = message.message();
				for (int field = scope.next(); field != 0; field = scope.next()) {
					if (field == MESSAGE_1) {
						name = scope.text();
					}
					else if (field == MESSAGE_2) {
						version = scope.text();
					}
					else if (field == MESSAGE_3) {
						attribute(scope.message(), attributes);
					}
					else {
						scope.skip(field);
					}
				}
			}
			else if (tag == MESSAGE_3) {
				schemaUrl = message.text();
			}
			else {
				message.skip(tag);
			}
		}
		InstrumentationScopeInfo scope = SpanIntake.scope(name, version, schemaUrl, attributes.build());
		ProtobufReader again = message.again();
		for (int tag = again.next(); tag != 0; tag = again.next()) {
			if (tag == MESSAGE_2) {
				this.intake.add(span(again.message()), resource, scope);
			}
			else {
				again.skip(tag);
			}
		}
	}

	private SpanParts span(ProtobufReader message) throws MalformedOtlpException {
		SpanParts span = new SpanParts(this.intake);
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			switch (tag) {
				case 1 << 3 | ProtobufReader.LENGTH -> span.traceId(message.hex(ID_16));
				case 2 << 3 | ProtobufReader.LENGTH -> span.spanId(message.hex(ID_8));
				case 3 << 3 | ProtobufReader.LENGTH -> span.traceState(message.text());
				case 4 << 3 | ProtobufReader.LENGTH -> span.parentId(message.hex(ID_8));
				case 5 << 3 | ProtobufReader.LENGTH -> span.name(message.text());
				case 6 << 3 | ProtobufReader.VARINT -> span.kind(message.varint());
				case 7 << 3 | ProtobufReader.FIXED64 -> span.start(message.fixed64());
				case 8 << 3 | ProtobufReader.FIXED64 -> span.end(message.fixed64());
				case 9 << 3 | ProtobufReader.LENGTH -> attribute(message.message(), span.attributes());
				case 10 << 3 | ProtobufReader.VARINT -> span.attributes().dropped(count(message));
				case 11 << 3 | ProtobufReader.LENGTH -> event(message.message(), span);
				case 12 << 3 | ProtobufReader.VARINT -> span.droppedEvents(count(message));
				case 13 << 3 | ProtobufReader.LENGTH -> link(message.message(), span);
				case 14 << 3 | ProtobufReader.VARINT -> span.droppedLinks(count(message));
				case 15 << 3 | ProtobufReader.LENGTH -> status(message.message(), span);
				case 16 << 3 | ProtobufReader.FIXED32 -> span.flags(message.fixed32());
				default -> message.skip(tag);
			}
		}
		return span;
	}

	/**
	 * A {@code uint32}.
	 */
	private static long count(ProtobufReader message) throws MalformedOtlpException {
		return message.varint() & 0xFFFFFFFFL;
	}

	private static void event(ProtobufReader message, SpanParts span) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String name = "";
		long time = 0;
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			switch (tag) {
				case 1 << 3 | ProtobufReader.FIXED64 -> time = message.fixed64();
				case 2 << 3 | ProtobufReader.LENGTH -> name = message.text();
				case 3 << 3 | ProtobufReader.LENGTH -> attribute(message.message(), attributes);
				case 4 << 3 | ProtobufReader.VARINT -> attributes.dropped(count(message));
				default -> message.skip(tag);
			}
		}
		span.event(name, time, attributes);
	}

	private static void link(ProtobufReader message, SpanParts span) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String traceId = "";
		String spanId = "";
		String state = "";
		int flags = 0;
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			switch (tag) {
				case 1 << 3 | ProtobufReader.LENGTH -> traceId = message.hex(ID_16);
				case 2 << 3 | ProtobufReader.LENGTH -> spanId = message.hex(ID_8);
				case 3 << 3 | ProtobufReader.LENGTH -> state = message.text();
				case 4 << 3 | ProtobufReader.LENGTH -> attribute(message.message(), attributes);
				case 5 << 3 | ProtobufReader.VARINT -> attributes.dropped(count(message));
				case 6 << 3 | ProtobufReader.FIXED32 -> flags = message.fixed32();
				default -> message.skip(tag);
			}
		}
		span.link(traceId, spanId, state, flags, attributes);
	}

	private static void status(ProtobufReader message, SpanParts span) throws MalformedOtlpException {
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			switch (tag) {
				case 2 << 3 | ProtobufReader.LENGTH -> span.message(message.text());
				case 3 << 3 | ProtobufReader.VARINT -> span.code(message.varint());
				default -> message.skip(tag);
			}
		}
	}

	private static void attribute(ProtobufReader message, AttributeParts attributes) throws MalformedOtlpException {
		AttributeParts.Entry entry = entry(message, 0);
		attributes.add(entry.key(), entry.value());
	}

	private static AttributeParts.Entry entry(ProtobufReader message, int depth) throws MalformedOtlpException {
		String key = "";
		Object value = null;
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1) {
				key = message.text();
			}
			else if (tag == MESSAGE_2) {
				value = value(message.message(), depth);
			}
			else {
				message.skip(tag);
			}
		}
		return new AttributeParts.Entry(key, value);
	}

	private static @Nullable Object value(ProtobufReader message, int depth) throws MalformedOtlpException {
		Object value = null;
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1) {
				value = message.text();
			}
			else if (tag == ProtobufReader.tag(2, ProtobufReader.VARINT)) {
				value = message.varint() != 0;
			}
			else if (tag == ProtobufReader.tag(3, ProtobufReader.VARINT)) {
				value = message.varint();
			}
			else if (tag == ProtobufReader.tag(4, ProtobufReader.FIXED64)) {
				value = Double.longBitsToDouble(message.fixed64());
			}
			else if (tag == MESSAGE_5 && depth < AttributeParts.MAX_DEPTH) {
				value = array(message.message(), depth + 1);
			}
			else if (tag == MESSAGE_6 && depth < AttributeParts.MAX_DEPTH) {
				value = entries(message.message(), depth + 1);
			}
			else if (tag == MESSAGE_7) {
				value = message.bytes();
			}
			else {
				message.skip(tag);
			}
		}
		return value;
	}

	private static List<@Nullable Object> array(ProtobufReader message, int depth) throws MalformedOtlpException {
		List<@Nullable Object> elements = new ArrayList<>();
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1 && elements.size() < AttributeParts.MAX_ELEMENTS) {
				elements.add(value(message.message(), depth));
			}
			else {
				message.skip(tag);
			}
		}
		return elements;
	}

	private static AttributeParts.Entries entries(ProtobufReader message, int depth) throws MalformedOtlpException {
		AttributeParts.Entries entries = new AttributeParts.Entries();
		for (int tag = message.next(); tag != 0; tag = message.next()) {
			if (tag == MESSAGE_1 && entries.all().size() < AttributeParts.MAX_ELEMENTS) {
				entries.all().add(entry(message.message(), depth));
			}
			else {
				message.skip(tag);
			}
		}
		return entries;
	}

}
