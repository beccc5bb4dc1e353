package io.hindspan.store.otlp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Writes a trace as OTLP/JSON, {@code TracesData}, which collectors, Jaeger and Tempo
 * read. What has its default value is left out.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON
 * Protobuf Encoding</a>
 */
public final class OtlpJson {

	/** Of values within values; what is deeper is empty. */
	private static final int MAX_DEPTH = 64;

	private final StringBuilder out;

	private OtlpJson(StringBuilder out) {
		this.out = out;
	}

	/**
	 * Writes a trace.
	 * @param trace the trace
	 * @return its JSON text, spans of one resource and scope together
	 */
	public static String write(Trace trace) {
		OtlpJson json = new OtlpJson(new StringBuilder(trace.spans().size() * 1024));
		json.resources(trace);
		return json.out.toString();
	}

	private void resources(Trace trace) {
		Map<Attributes, Map<SpanOrigin, List<SpanRecord>>> resources = new LinkedHashMap<>();
		for (SpanRecord span : trace.spans()) {
			resources.computeIfAbsent(span.origin().resource(), (resource) -> new LinkedHashMap<>())
				.computeIfAbsent(span.origin(), (origin) -> new ArrayList<>())
				.add(span);
		}
		this.out.append("{\"resourceSpans\":[");
		resources.forEach((resource, scopes) -> {
			element();
			this.out.append("{\"resource\":{");
			attributes(resource, 0);
			this.out.append("},\"scopeSpans\":[");
			scopes.forEach(this::scope);
			this.out.append("]}");
		});
		this.out.append("]}");
	}

	private void scope(SpanOrigin origin, List<SpanRecord> spans) {
		element();
		this.out.append("{\"scope\":{");
		text("name", origin.scope());
		if (origin.scopeVersion() != null) {
			text("version", origin.scopeVersion());
		}
		this.out.append("},\"spans\":[");
		spans.forEach(this::span);
		this.out.append("]}");
	}

	private void span(SpanRecord span) {
		element();
		this.out.append('{');
		text("traceId", span.traceId());
		text("spanId", span.spanId());
		if (span.parentId() != null) {
			text("parentSpanId", span.parentId());
		}
		text("traceState", span.traceState());
		number("flags", span.flags() & 0xFF);
		text("name", span.name());
		number("kind", kind(span.kind()));
		text("startTimeUnixNano", Long.toString(span.start()));
		text("endTimeUnixNano", Long.toString(span.end()));
		attributes(span.attributes(), span.droppedAttributes());
		if (!span.events().isEmpty()) {
			name("events");
			this.out.append('[');
			span.events().forEach(this::event);
			this.out.append(']');
		}
		number("droppedEventsCount", span.droppedEvents());
		if (!span.links().isEmpty()) {
			name("links");
			this.out.append('[');
			span.links().forEach(this::link);
			this.out.append(']');
		}
		number("droppedLinksCount", span.droppedLinks());
		name("status");
		this.out.append('{');
		text("message", span.statusDescription());
		number("code", code(span.status()));
		this.out.append("}}");
	}

	private static int kind(SpanKind kind) {
		return switch (kind) {
			case INTERNAL -> 1;
			case SERVER -> 2;
			case CLIENT -> 3;
			case PRODUCER -> 4;
			case CONSUMER -> 5;
		};
	}

	private static int code(StatusCode code) {
		return switch (code) {
			case UNSET -> 0;
			case OK -> 1;
			case ERROR -> 2;
		};
	}

	private void event(SpanRecord.Event event) {
		element();
		this.out.append('{');
		text("timeUnixNano", Long.toString(event.time()));
		text("name", event.name());
		attributes(event.attributes(), 0);
		this.out.append('}');
	}

	private void link(SpanRecord.Link link) {
		element();
		this.out.append('{');
		text("traceId", link.traceId());
		text("spanId", link.spanId());
		attributes(link.attributes(), 0);
		this.out.append('}');
	}

	private void attributes(Attributes attributes, int dropped) {
		if (!attributes.isEmpty()) {
			name("attributes");
			this.out.append('[');
			attributes.forEach(this::attribute);
			this.out.append(']');
		}
		number("droppedAttributesCount", dropped);
	}

	private void attribute(AttributeKey<?> key, Object value) {
		element();
		this.out.append('{');
		text("key", key.getKey());
		name("value");
		if (key.getType() == AttributeType.VALUE) {
			value((Value<?>) value, 0);
		}
		else if (value instanceof List<?> elements) {
			this.out.append("{\"arrayValue\":{\"values\":[");
			for (Object element : elements) {
				element();
				plain(element);
			}
			this.out.append("]}}");
		}
		else {
			plain(value);
		}
		this.out.append('}');
	}

	private void plain(Object value) {
		if (value instanceof Boolean) {
			this.out.append("{\"boolValue\":").append(value).append('}');
		}
		else if (value instanceof Long) {
			this.out.append("{\"intValue\":\"").append(value).append("\"}");
		}
		else if (value instanceof Double number) {
			this.out.append("{\"doubleValue\":");
			JsonText.number(this.out, number);
			this.out.append('}');
		}
		else {
			this.out.append("{\"stringValue\":");
			JsonText.string(this.out, value.toString());
			this.out.append('}');
		}
	}

	private void value(Value<?> value, int depth) {
		Object content = value.getValue();
		switch (value.getType()) {
			case STRING, BOOLEAN, LONG, DOUBLE -> plain(content);
			case BYTES -> {
				ByteBuffer buffer = ((ByteBuffer) content).duplicate();
				byte[] bytes = new byte[buffer.remaining()];
				buffer.get(bytes);
				this.out.append("{\"bytesValue\":\"").append(Base64.getEncoder().encodeToString(bytes)).append("\"}");
			}
			case ARRAY -> {
				this.out.append("{\"arrayValue\":{\"values\":[");
				for (Object element : (depth < MAX_DEPTH) ? (List<?>) content : List.of()) {
					element();
					value((Value<?>) element, depth + 1);
				}
				this.out.append("]}}");
			}
			case KEY_VALUE_LIST -> {
				this.out.append("{\"kvlistValue\":{\"values\":[");
				for (Object entry : (depth < MAX_DEPTH) ? (List<?>) content : List.of()) {
					element();
					this.out.append('{');
					text("key", ((KeyValue) entry).getKey());
					name("value");
					value(((KeyValue) entry).getValue(), depth + 1);
					this.out.append('}');
				}
				this.out.append("]}}");
			}
			case EMPTY -> this.out.append("{}");
		}
	}

	/**
	 * Writes what separates the next element or member from the one before.
	 */
	private void element() {
		char last = this.out.charAt(this.out.length() - 1);
		if (last != '[' && last != '{') {
			this.out.append(',');
		}
	}

	private void name(String name) {
		element();
		this.out.append('"').append(name).append("\":");
	}

	private void text(String name, String value) {
		if (!value.isEmpty()) {
			name(name);
			JsonText.string(this.out, value);
		}
	}

	private void number(String name, int value) {
		if (value != 0) {
			name(name);
			this.out.append(value);
		}
	}

}
