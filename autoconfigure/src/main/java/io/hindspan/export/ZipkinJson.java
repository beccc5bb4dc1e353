package io.hindspan.export;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans as Zipkin's JSON, version 2. Links have no place in it. Used by one thread
 * at a time.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/">How
 * OpenTelemetry maps its spans to Zipkin's</a>
 */
final class ZipkinJson {

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private static final AttributeKey<String> SERVICE_NAMESPACE = AttributeKey.stringKey("service.namespace");

	/**
	 * The first of these that a span has names whom it calls, with the port beside it.
	 */
	private static final List<Peer> PEERS = List.of(Peer.of("service.peer.name", null), Peer.of("peer.service", null),
			Peer.of("server.address", "server.port"), Peer.of("net.peer.name", "net.peer.port"),
			Peer.of("network.peer.address", "network.peer.port"), Peer.of("peer.hostname", null),
			Peer.of("peer.address", null), Peer.of("db.namespace", null), Peer.of("db.name", null));

	private static final String ERROR = "error";

	private static final int SPAN_SIZE = 1024;

	private static final int MAX_PORT = 65_535;

	private final StringBuilder json;

	private ZipkinJson(int size) {
		this.json = new StringBuilder(size);
	}

	/**
	 * Writes spans as a list.
	 */
	static String write(Collection<SpanData> spans) {
		ZipkinJson json = new ZipkinJson(SPAN_SIZE * spans.size());
		json.json.append('[');
		for (SpanData span : spans) {
			if (json.json.length() > 1) {
				json.json.append(',');
			}
			json.span(span);
		}
		return json.json.append(']').toString();
	}

	private void span(SpanData span) {
		long start = TimeUnit.NANOSECONDS.toMicros(span.getStartEpochNanos());
		long end = TimeUnit.NANOSECONDS.toMicros(span.getEndEpochNanos());
		this.json.append("{\"traceId\":\"").append(span.getTraceId());
		if (span.getParentSpanContext().isValid()) {
			this.json.append("\",\"parentId\":\"").append(span.getParentSpanId());
		}
		this.json.append("\",\"id\":\"").append(span.getSpanId()).append('"');
		if (span.getKind() != SpanKind.INTERNAL) {
			this.json.append(",\"kind\":\"").append(span.getKind().name()).append('"');
		}
		this.json.append(",\"name\":");
		string(span.getName());
		this.json.append(",\"timestamp\":").append(start);
		this.json.append(",\"duration\":").append(Math.max(1, end - start));
		this.json.append(",\"localEndpoint\":{\"serviceName\":");
		string(serviceName(span.getResource()));
		this.json.append('}');
		if (span.getKind() == SpanKind.CLIENT || span.getKind() == SpanKind.PRODUCER) {
			remoteEndpoint(span.getAttributes());
		}
		annotations(span.getEvents());
		tags(span);
		this.json.append('}');
	}

	private static String serviceName(Resource resource) {
		String name = resource.getAttribute(SERVICE_NAME);
		if (name == null) {
			name = Resource.getDefault().getAttribute(SERVICE_NAME);
		}
		return (name != null) ? name : "unknown_service";
	}

	private void remoteEndpoint(Attributes attributes) {
		for (Peer peer : PEERS) {
			String address = attributes.get(peer.address());
			if (address != null && !address.isEmpty()) {
				this.json.append(",\"remoteEndpoint\":{\"").append(addressField(address)).append("\":");
				string(address);
				Long port = (peer.port() != null) ? attributes.get(peer.port()) : null;
				if (port != null && port > 0 && port <= MAX_PORT) {
					this.json.append(",\"port\":").append(port);
				}
				this.json.append('}');
				return;
			}
		}
	}

	private static String addressField(String address) {
		boolean digits = true;
		for (int i = 0; i < address.length(); i++) {
			char c = address.charAt(i);
			if (c == ':') {
				return "ipv6";
			}
			digits = digits && (c == '.' || (c >= '0' && c <= '9'));
		}
		return digits ? "ipv4" : "serviceName";
	}

	private void annotations(List<EventData> events) {
		if (events.isEmpty()) {
			return;
		}
		char separator = '[';
		this.json.append(",\"annotations\":");
		for (EventData event : events) {
			this.json.append(separator).append("{\"timestamp\":");
			this.json.append(TimeUnit.NANOSECONDS.toMicros(event.getEpochNanos())).append(",\"value\":");
			string(annotation(event));
			this.json.append('}');
			separator = ',';
		}
		this.json.append(']');
	}

	private static String annotation(EventData event) {
		if (event.getAttributes().isEmpty()) {
			return event.getName();
		}
		ZipkinJson value = new ZipkinJson(SPAN_SIZE);
		value.string(event.getName());
		value.json.append(": {");
		int begin = value.json.length();
		event.getAttributes().forEach((key, attribute) -> {
			if (value.json.length() > begin) {
				value.json.append(',');
			}
			value.string(key.getKey());
			value.json.append(':');
			value.value(attribute);
		});
		return value.json.append('}').toString();
	}

	private void tags(SpanData span) {
		Map<String, String> tags = new LinkedHashMap<>();
		span.getAttributes().forEach((key, value) -> tags.put(key.getKey(), text(value)));
		StatusCode status = span.getStatus().getStatusCode();
		if (status != StatusCode.UNSET) {
			tags.put("otel.status_code", status.name());
		}
		if (status == StatusCode.ERROR) {
			tags.put(ERROR, span.getStatus().getDescription());
		}
		put(tags, "otel.scope.name", span.getInstrumentationScopeInfo().getName());
		put(tags, "otel.scope.version", span.getInstrumentationScopeInfo().getVersion());
		put(tags, SERVICE_NAMESPACE.getKey(), span.getResource().getAttribute(SERVICE_NAMESPACE));
		dropped(tags, "otel.dropped_attributes_count", span.getTotalAttributeCount() - span.getAttributes().size());
		dropped(tags, "otel.dropped_events_count", span.getTotalRecordedEvents() - span.getEvents().size());
		if (tags.isEmpty()) {
			return;
		}
		char separator = '{';
		this.json.append(",\"tags\":");
		for (Map.Entry<String, String> tag : tags.entrySet()) {
			this.json.append(separator);
			string(tag.getKey());
			this.json.append(':');
			string(tag.getValue());
			separator = ',';
		}
		this.json.append('}');
	}

	private static void put(Map<String, String> tags, String key, @Nullable String value) {
		if (value != null && !value.isEmpty()) {
			tags.put(key, value);
		}
	}

	private static void dropped(Map<String, String> tags, String key, int count) {
		if (count > 0) {
			tags.put(key, Integer.toString(count));
		}
	}

	/**
	 * A list as JSON, anything else as it is.
	 */
	private static String text(Object value) {
		if (!(value instanceof List<?>)) {
			return String.valueOf(value);
		}
		ZipkinJson list = new ZipkinJson(64);
		list.value(value);
		return list.json.toString();
	}

	private void value(Object value) {
		if (value instanceof List<?> list) {
			this.json.append('[');
			for (int i = 0; i < list.size(); i++) {
				if (i > 0) {
					this.json.append(',');
				}
				value(list.get(i));
			}
			this.json.append(']');
		}
		else if (value instanceof Long || value instanceof Boolean
				|| (value instanceof Double number && Double.isFinite(number))) {
			this.json.append(value);
		}
		else {
			string(String.valueOf(value));
		}
	}

	private void string(String text) {
		this.json.append('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"' || c == '\\') {
				this.json.append('\\').append(c);
			}
			else if (c < ' ' || c == '\u2028' || c == '\u2029') {
				this.json.append("\\u");
				for (int shift = 12; shift >= 0; shift -= 4) {
					this.json.append(Character.forDigit(c >> shift & 0xf, 16));
				}
			}
			else {
				this.json.append(c);
			}
		}
		this.json.append('"');
	}

	/**
	 * Where an attribute names whom a span calls.
	 */
	private record Peer(AttributeKey<String> address, @Nullable AttributeKey<Long> port) {

		static Peer of(String address, @Nullable String port) {
			return new Peer(AttributeKey.stringKey(address), (port != null) ? AttributeKey.longKey(port) : null);
		}

	}

}
