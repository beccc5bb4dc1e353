package io.hindspan.explorer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Writes a trace as other tools read it.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON
 * Protobuf Encoding</a>
 */
final class OtlpJson {

	private static final int DEEPEST = 32;

	private OtlpJson() {
	}

	static Json of(Trace trace) {
		Map<Attributes, Map<SpanOrigin, List<SpanRecord>>> resources = new LinkedHashMap<>();
		for (SpanRecord span : trace.spans()) {
			resources.computeIfAbsent(span.origin().resource(), (resource) -> new LinkedHashMap<>())
				.computeIfAbsent(span.origin(), (origin) -> new ArrayList<>())
				.add(span);
		}
		Json json = new Json().object().name("resourceSpans").array();
		resources.forEach((resource, scopes) -> {
			json.object().name("resource").object();
			attributes(json, resource);
			json.endObject().name("scopeSpans").array();
			scopes.forEach((origin, spans) -> scope(json, origin, spans));
			json.endArray().endObject();
		});
		return json.endArray().endObject();
	}

	private static void scope(Json json, SpanOrigin origin, List<SpanRecord> spans) {
		json.object()
			.name("scope")
			.object()
			.optional("name", origin.scope())
			.optional("version", origin.scopeVersion())
			.endObject()
			.name("spans")
			.array();
		for (SpanRecord span : spans) {
			span(json, span);
		}
		json.endArray().endObject();
	}

	private static void span(Json json, SpanRecord span) {
		json.object()
			.member("traceId", span.traceId())
			.member("spanId", span.spanId())
			.optional("traceState", span.traceState())
			.optional("parentSpanId", span.parentId())
			.member("flags", span.flags() & 0xFFL)
			.member("name", span.name())
			.member("kind", kind(span.kind()))
			.member("startTimeUnixNano", Long.toString(span.start()))
			.member("endTimeUnixNano", Long.toString(span.end()));
		attributes(json, span.attributes());
		json.member("droppedAttributesCount", span.droppedAttributes()).name("events").array();
		for (SpanRecord.Event event : span.events()) {
			json.object().member("timeUnixNano", Long.toString(event.time())).member("name", event.name());
			attributes(json, event.attributes());
			json.endObject();
		}
		json.endArray().member("droppedEventsCount", span.droppedEvents()).name("links").array();
		for (SpanRecord.Link link : span.links()) {
			json.object().member("traceId", link.traceId()).member("spanId", link.spanId());
			attributes(json, link.attributes());
			json.endObject();
		}
		json.endArray()
			.member("droppedLinksCount", span.droppedLinks())
			.name("status")
			.object()
			.optional("message", span.statusDescription())
			.member("code", code(span.status()))
			.endObject()
			.endObject();
	}

	/**
	 * Enums are numbers in this encoding.
	 */
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

	private static void attributes(Json json, Attributes attributes) {
		json.name("attributes").array();
		attributes.forEach((key, value) -> {
			json.object().member("key", key.getKey()).name("value");
			value(json, value, 0);
			json.endObject();
		});
		json.endArray();
	}

	private static void value(Json json, Object value, int depth) {
		Object content = (value instanceof Value<?> wrapped) ? wrapped.getValue() : value;
		json.object();
		if (content instanceof List<?> list && depth < DEEPEST) {
			if (!list.isEmpty() && list.get(0) instanceof KeyValue) {
				json.name("kvlistValue").object().name("values").array();
				for (Object entry : list) {
					KeyValue member = (KeyValue) entry;
					json.object().member("key", member.getKey()).name("value");
					value(json, member.getValue(), depth + 1);
					json.endObject();
				}
			}
			else {
				json.name("arrayValue").object().name("values").array();
				for (Object element : list) {
					value(json, element, depth + 1);
				}
			}
			json.endArray().endObject();
		}
		else if (content instanceof Boolean truth) {
			json.member("boolValue", truth.booleanValue());
		}
		else if (content instanceof Long || content instanceof Integer) {
			json.member("intValue", content.toString());
		}
		else if (content instanceof Double number) {
			json.member("doubleValue", number.doubleValue());
		}
		else if (content instanceof ByteBuffer bytes) {
			json.member("bytesValue", Json.base64(bytes));
		}
		else {
			json.member("stringValue", String.valueOf(content));
		}
		json.endObject();
	}

}
