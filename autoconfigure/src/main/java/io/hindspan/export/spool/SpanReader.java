package io.hindspan.export.spool;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.FinishedSpan;

/**
 * Reads the spans that {@link SpanWriter} has written. Spans of one resource share its
 * instance again. For one thread.
 */
final class SpanReader {

	/** Of values within values. */
	static final int MAX_DEPTH = 64;

	/** An array that says it is longer is none. */
	private final int limit;

	private final DataInputStream in;

	/**
	 * Creates a reader.
	 * @param limit how many bytes there are at most
	 */
	SpanReader(InputStream in, int limit) {
		this.in = new DataInputStream(in);
		this.limit = limit;
	}

	/**
	 * Reads spans.
	 * @throws IOException if there are none as they should be
	 */
	List<SpanData> read() throws IOException {
		List<Resource> resources = new ArrayList<>();
		for (int i = length(); i > 0; i--) {
			String schemaUrl = text();
			resources.add(Resource.create(attributes(), schemaUrl));
		}
		List<InstrumentationScopeInfo> scopes = new ArrayList<>();
		for (int i = length(); i > 0; i--) {
			scopes.add(scope());
		}
		int count = length();
		List<SpanData> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(span(one(resources), one(scopes)));
		}
		if (this.in.read() >= 0) {
			throw new IOException("There is more than the spans");
		}
		return spans;
	}

	private InstrumentationScopeInfo scope() throws IOException {
		InstrumentationScopeInfoBuilder scope = InstrumentationScopeInfo.builder(required());
		String version = text();
		if (version != null) {
			scope.setVersion(version);
		}
		String schemaUrl = text();
		if (schemaUrl != null) {
			scope.setSchemaUrl(schemaUrl);
		}
		return scope.setAttributes(attributes()).build();
	}

	private <T> T one(List<T> list) throws IOException {
		int index = this.in.readInt();
		if (index < 0 || index >= list.size()) {
			throw new IOException("There is no " + index + " of " + list.size());
		}
		return list.get(index);
	}

	private SpanData span(Resource resource, InstrumentationScopeInfo scope) throws IOException {
		SpanContext context = context();
		SpanContext parent = context();
		String name = required();
		SpanKind kind = constant(SpanKind.class);
		StatusData status = StatusData.create(constant(StatusCode.class), required());
		long start = this.in.readLong();
		long end = this.in.readLong();
		int totalAttributes = this.in.readInt();
		Attributes attributes = attributes();
		int totalEvents = this.in.readInt();
		List<EventData> events = new ArrayList<>();
		for (int i = length(); i > 0; i--) {
			String event = required();
			long time = this.in.readLong();
			int total = this.in.readInt();
			events.add(EventData.create(time, event, attributes(), total));
		}
		int totalLinks = this.in.readInt();
		List<LinkData> links = new ArrayList<>();
		for (int i = length(); i > 0; i--) {
			SpanContext linked = context();
			int total = this.in.readInt();
			links.add(LinkData.create(linked, attributes(), total));
		}
		return new FinishedSpan(resource, scope, context, parent, name, kind, status, start, end, attributes,
				totalAttributes, List.copyOf(events), totalEvents, List.copyOf(links), totalLinks);
	}

	private <E extends Enum<E>> E constant(Class<E> type) throws IOException {
		String name = required();
		try {
			return Enum.valueOf(type, name);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("There is no such " + type.getSimpleName(), ex);
		}
	}

	private SpanContext context() throws IOException {
		if (!this.in.readBoolean()) {
			return SpanContext.getInvalid();
		}
		String traceId = TraceId.fromBytes(bytes(TraceId.getLength() / 2));
		String spanId = SpanId.fromBytes(bytes(SpanId.getLength() / 2));
		TraceFlags flags = TraceFlags.fromByte(this.in.readByte());
		boolean remote = this.in.readBoolean();
		List<String> members = new ArrayList<>();
		for (int i = length(); i > 0; i--) {
			members.add(required());
			members.add(required());
		}
		// A builder puts each member before those that it has
		TraceStateBuilder state = TraceState.builder();
		for (int i = members.size() - 2; i >= 0; i -= 2) {
			state.put(members.get(i), members.get(i + 1));
		}
		return remote ? SpanContext.createFromRemoteParent(traceId, spanId, flags, state.build())
				: SpanContext.create(traceId, spanId, flags, state.build());
	}

	private Attributes attributes() throws IOException {
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

	private String required() throws IOException {
		String text = text();
		if (text == null) {
			throw new IOException("There is no text");
		}
		return text;
	}

	private @Nullable String text() throws IOException {
		int length = this.in.readInt();
		return (length == -1) ? null : new String(bytes(checked(length)), StandardCharsets.UTF_8);
	}

	private byte[] bytes(int length) throws IOException {
		byte[] bytes = new byte[length];
		this.in.readFully(bytes);
		return bytes;
	}

	private int length() throws IOException {
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
