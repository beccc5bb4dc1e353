package io.hindspan.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

/**
 * Builds records of spans.
 */
public final class RecordedSpan {

	private final String traceId;

	private final String spanId;

	private String parentId;

	private String service = "tasks";

	private String name = "GET /tasks";

	private SpanKind kind = SpanKind.SERVER;

	private long start;

	private long duration = 1_000_000;

	private StatusCode status = StatusCode.UNSET;

	private final AttributesBuilder attributes = Attributes.builder();

	private final List<SpanRecord.Event> events = new ArrayList<>();

	private RecordedSpan(String traceId, String spanId) {
		this.traceId = traceId;
		this.spanId = spanId;
	}

	public static RecordedSpan of(long trace, long span) {
		return new RecordedSpan(traceId(trace), spanId(span));
	}

	public static String traceId(long trace) {
		return String.format("%032x", trace);
	}

	public static String spanId(long span) {
		return String.format("%016x", span);
	}

	public RecordedSpan parent(long span) {
		this.parentId = spanId(span);
		return this;
	}

	public RecordedSpan service(String service) {
		this.service = service;
		return this;
	}

	public RecordedSpan name(String name) {
		this.name = name;
		return this;
	}

	public RecordedSpan kind(SpanKind kind) {
		this.kind = kind;
		return this;
	}

	public RecordedSpan start(long start) {
		this.start = start;
		return this;
	}

	public RecordedSpan duration(Duration duration) {
		this.duration = duration.toNanos();
		return this;
	}

	public RecordedSpan error() {
		this.status = StatusCode.ERROR;
		return this;
	}

	public RecordedSpan with(String key, String value) {
		this.attributes.put(key, value);
		return this;
	}

	public RecordedSpan with(String key, long value) {
		this.attributes.put(key, value);
		return this;
	}

	public <T> RecordedSpan with(AttributeKey<T> key, T value) {
		this.attributes.put(key, value);
		return this;
	}

	public RecordedSpan event(String name, Attributes attributes) {
		this.events.add(new SpanRecord.Event(name, this.start, attributes));
		return this;
	}

	public SpanRecord record() {
		return new SpanRecord(this.traceId, this.spanId, this.parentId, (byte) 1, "",
				new SpanOrigin(this.service, "test", "1",
						Attributes.builder().put("service.name", this.service).build()),
				this.name, this.kind, this.start, this.start + this.duration, this.status, "", this.attributes.build(),
				0, List.copyOf(this.events), 0, List.of(), 0);
	}

}
