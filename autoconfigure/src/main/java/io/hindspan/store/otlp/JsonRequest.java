package io.hindspan.store.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request in JSON. Members that are not known are left out, and {@code null} is
 * what is absent, as the specification says. Constants may have their names, too. For one
 * request.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON
 * Protobuf Encoding</a>
 */
final class JsonRequest {

	private static final List<String> KINDS = List.of("SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER",
			"SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER");

	private static final List<String> CODES = List.of("STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR");

	private final SpanIntake intake = new SpanIntake();

	OtlpRequest read(byte[] body) throws MalformedOtlpException {
		JsonReader json = new JsonReader(body);
		json.object((name) -> {
			if (name.equals("resourceSpans")) {
				json.array(() -> resourceSpans(json));
			}
			else {
				json.skip();
			}
		});
		json.end();
		return this.intake.request();
	}

	/**
	 * Members may come in any order, so the resource is read before any span is.
	 */
	private void resourceSpans(JsonReader json) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String[] schemaUrl = { "" };
		List<Integer> spans = new ArrayList<>();
		json.object((name) -> {
			switch (name) {
				case "resource" -> json.object((member) -> {
					if (member.equals("attributes")) {
						json.array(() -> attribute(json, attributes));
					}
					else {
						json.skip();
					}
				});
				case "schemaUrl" -> schemaUrl[0] = json.text();
				case "scopeSpans" -> {
					spans.add(json.position());
					json.skip();
				}
				default -> json.skip();
			}
		});
		Resource resource = SpanIntake.resource(attributes, schemaUrl[0]);
		int end = json.position();
		for (int position : spans) {
			json.position(position);
			json.array(() -> scopeSpans(json, resource));
		}
		json.position(end);
	}

	private void scopeSpans(JsonReader json, Resource resource) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String[] texts = { "", "", "" };
		List<Integer> spans = new ArrayList<>();
		json.object((name) -> {
			switch (name) {
				case "scope" -> json.object((member) -> {
					switch (member) {
						case "name" -> texts[0] = json.text();
						case "version" -> texts[1] = json.text();
						case "attributes" -> json.array(() -> attribute(json, attributes));
						default -> json.skip();
					}
				});
				case "schemaUrl" -> texts[2] = json.text();
				case "spans" -> {
					spans.add(json.position());
					json.skip();
				}
				default -> json.skip();
			}
		});
		InstrumentationScopeInfo scope = SpanIntake.scope(texts[0], texts[1], texts[2], attributes.build());
		int end = json.position();
		for (int position : spans) {
			json.position(position);
			json.array(() -> this.intake.add(span(json), resource, scope));
		}
		json.position(end);
	}

	private SpanParts span(JsonReader json) throws MalformedOtlpException {
		SpanParts span = new SpanParts(this.intake);
		json.object((name) -> {
			switch (name) {
				case "traceId" -> span.traceId(id(json));
				case "spanId" -> span.spanId(id(json));
				case "parentSpanId" -> span.parentId(id(json));
				case "traceState" -> span.traceState(json.text());
				case "flags" -> span.flags((int) json.whole());
				case "name" -> span.name(json.text());
				case "kind" -> span.kind(constant(json, KINDS));
				case "startTimeUnixNano" -> span.start(json.whole());
				case "endTimeUnixNano" -> span.end(json.whole());
				case "attributes" -> json.array(() -> attribute(json, span.attributes()));
				case "droppedAttributesCount" -> span.attributes().dropped(json.whole());
				case "events" -> json.array(() -> event(json, span));
				case "droppedEventsCount" -> span.droppedEvents(json.whole());
				case "links" -> json.array(() -> link(json, span));
				case "droppedLinksCount" -> span.droppedLinks(json.whole());
				case "status" -> status(json, span);
				default -> json.skip();
			}
		});
		return span;
	}

	private static String id(JsonReader json) throws MalformedOtlpException {
		return json.text().toLowerCase(Locale.ROOT);
	}

	private static long constant(JsonReader json, List<String> names) throws MalformedOtlpException {
		return json.isText() ? names.indexOf(json.text()) : json.whole();
	}

	private static void event(JsonReader json, SpanParts span) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String[] name = { "" };
		long[] time = { 0 };
		json.object((member) -> {
			switch (member) {
				case "timeUnixNano" -> time[0] = json.whole();
				case "name" -> name[0] = json.text();
				case "attributes" -> json.array(() -> attribute(json, attributes));
				case "droppedAttributesCount" -> attributes.dropped(json.whole());
				default -> json.skip();
			}
		});
		span.event(name[0], time[0], attributes);
	}

	private static void link(JsonReader json, SpanParts span) throws MalformedOtlpException {
		AttributeParts attributes = new AttributeParts();
		String[] texts = { "", "", "" };
		int[] flags = { 0 };
		json.object((member) -> {
			switch (member) {
				case "traceId" -> texts[0] = id(json);
				case "spanId" -> texts[1] = id(json);
				case "traceState" -> texts[2] = json.text();
				case "flags" -> flags[0] = (int) json.whole();
				case "attributes" -> json.array(() -> attribute(json, attributes));
				case "droppedAttributesCount" -> attributes.dropped(json.whole());
				default -> json.skip();
			}
		});
		span.link(texts[0], texts[1], texts[2], flags[0], attributes);
	}

	private static void status(JsonReader json, SpanParts span) throws MalformedOtlpException {
		json.object((member) -> {
			switch (member) {
				case "message" -> span.message(json.text());
				case "code" -> span.code(constant(json, CODES));
				default -> json.skip();
			}
		});
	}

	private static void attribute(JsonReader json, AttributeParts attributes) throws MalformedOtlpException {
		AttributeParts.Entry entry = entry(json, 0);
		attributes.add(entry.key(), entry.value());
	}

	private static AttributeParts.Entry entry(JsonReader json, int depth) throws MalformedOtlpException {
		String[] key = { "" };
		@Nullable Object[] value = { null };
		json.object((name) -> {
			switch (name) {
				case "key" -> key[0] = json.text();
				case "value" -> value[0] = value(json, depth);
				default -> json.skip();
			}
		});
		return new AttributeParts.Entry(key[0], value[0]);
	}

	private static @Nullable Object value(JsonReader json, int depth) throws MalformedOtlpException {
		@Nullable Object[] value = { null };
		json.object((name) -> {
			if (json.takeNull()) {
				return;
			}
			boolean deep = depth == AttributeParts.MAX_DEPTH;
			switch (name) {
				case "stringValue" -> value[0] = json.text();
				case "bytesValue" -> value[0] = json.bytes();
				case "boolValue" -> value[0] = json.flag();
				case "intValue" -> value[0] = json.whole();
				case "doubleValue" -> value[0] = json.decimal();
				case "arrayValue" -> value[0] = deep ? skipped(json) : array(json, depth + 1);
				case "kvlistValue" -> value[0] = deep ? skipped(json) : entries(json, depth + 1);
				default -> json.skip();
			}
		});
		return value[0];
	}

	private static @Nullable Object skipped(JsonReader json) throws MalformedOtlpException {
		json.skip();
		return null;
	}

	private static List<@Nullable Object> array(JsonReader json, int depth) throws MalformedOtlpException {
		List<@Nullable Object> elements = new ArrayList<>();
		values(json, () -> elements.size() < AttributeParts.MAX_ELEMENTS, () -> elements.add(value(json, depth)));
		return elements;
	}

	private static AttributeParts.Entries entries(JsonReader json, int depth) throws MalformedOtlpException {
		AttributeParts.Entries entries = new AttributeParts.Entries();
		values(json, () -> entries.all().size() < AttributeParts.MAX_ELEMENTS,
				() -> entries.all().add(entry(json, depth)));
		return entries;
	}

	private static void values(JsonReader json, BooleanSupplier room, JsonReader.Elements read)
			throws MalformedOtlpException {
		json.object((name) -> {
			if (name.equals("values")) {
				json.array(() -> {
					if (room.getAsBoolean()) {
						read.read();
					}
					else {
						json.skip();
					}
				});
			}
			else {
				json.skip();
			}
		});
	}

}
