package io.hindspan.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

/**
 * Puts a span together that queries are asked of.
 */
final class QueriedSpan {

	static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	private final String id;

	private final AttributesBuilder attributes = Attributes.builder();

	private final AttributesBuilder resource = Attributes.builder();

	private final List<SpanRecord.Event> events = new ArrayList<>();

	private final List<SpanRecord.Link> links = new ArrayList<>();

	private String parent;

	private String service = "tasks";

	private String name = "work";

	private SpanKind kind = SpanKind.INTERNAL;

	private long start;

	private long duration = 1000;

	private StatusCode status = StatusCode.UNSET;

	private String description = "";

	private QueriedSpan(int number) {
		this.id = String.format("%016x", number);
	}

	static QueriedSpan span(int number) {
		QueriedSpan span = new QueriedSpan(number);
		span.start = number;
		return span;
	}

	static Trace trace(QueriedSpan... spans) {
		return Trace.of(Arrays.stream(spans).map(QueriedSpan::record).toList());
	}

	String id() {
		return this.id;
	}

	QueriedSpan in(QueriedSpan parent) {
		this.parent = parent.id;
		return this;
	}

	QueriedSpan service(String service) {
		this.service = service;
		return this;
	}

	QueriedSpan name(String name) {
		this.name = name;
		return this;
	}

	QueriedSpan kind(SpanKind kind) {
		this.kind = kind;
		return this;
	}

	QueriedSpan millis(long duration) {
		this.duration = duration * 1_000_000;
		return this;
	}

	QueriedSpan status(StatusCode status, String description) {
		this.status = status;
		this.description = description;
		return this;
	}

	QueriedSpan with(String key, Object value) {
		put(this.attributes, key, value);
		return this;
	}

	QueriedSpan resource(String key, Object value) {
		put(this.resource, key, value);
		return this;
	}

	QueriedSpan event(String name, Object... attributes) {
		AttributesBuilder builder = Attributes.builder();
		for (int i = 0; i < attributes.length; i += 2) {
			put(builder, (String) attributes[i], attributes[i + 1]);
		}
		this.events.add(new SpanRecord.Event(name, this.start, builder.build()));
		return this;
	}

	QueriedSpan link(String traceId, String spanId) {
		this.links.add(new SpanRecord.Link(traceId, spanId, Attributes.empty()));
		return this;
	}

	@SuppressWarnings("unchecked")
	private static void put(AttributesBuilder attributes, String key, Object value) {
		if (value instanceof Integer number) {
			attributes.put(key, number.longValue());
		}
		else if (value instanceof Long number) {
			attributes.put(key, number);
		}
		else if (value instanceof Double number) {
			attributes.put(key, number);
		}
		else if (value instanceof Boolean flag) {
			attributes.put(key, flag);
		}
		else if (value instanceof List<?> list) {
			attributes.put(AttributeKey.stringArrayKey(key), (List<String>) list);
		}
		else {
			attributes.put(key, (String) value);
		}
	}

	SpanRecord record() {
		return new SpanRecord(TRACE_ID, this.id, this.parent, (byte) 1, "",
				new SpanOrigin(this.service, "io.hindspan", null, this.resource.build()), this.name, this.kind,
				this.start, this.start + this.duration, this.status, this.description, this.attributes.build(), 0,
				List.copyOf(this.events), 0, List.copyOf(this.links), 0);
	}

}
