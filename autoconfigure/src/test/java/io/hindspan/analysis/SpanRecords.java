package io.hindspan.analysis;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;

/**
 * Makes spans for tests. Times are in milliseconds.
 */
final class SpanRecords {

	static final long MS = 1_000_000;

	private SpanRecords() {
	}

	static SpanRecord span(String id, String parentId, long start, long end) {
		return span(id, parentId, "tasks", SpanKind.INTERNAL, id, start * MS, end * MS);
	}

	static SpanRecord span(String id, String parentId, String service, SpanKind kind, long start, long end) {
		return span(id, parentId, service, kind, id, start * MS, end * MS);
	}

	static SpanRecord span(String id, String parentId, String service, SpanKind kind, String name, long start,
			long end) {
		return span(id, parentId, service, kind, name, start, end, false, Attributes.empty(), List.of());
	}

	static SpanRecord span(String id, String parentId, String service, SpanKind kind, String name, long start, long end,
			boolean failed, Attributes attributes, List<SpanRecord.Event> events) {
		return new SpanRecord("4bf92f3577b34da6a3ce929d0e0e4736", id, parentId, (byte) 1, "",
				new SpanOrigin(service, "", null, Attributes.empty()), name, kind, start, end,
				failed ? StatusCode.ERROR : StatusCode.UNSET, "", attributes, 0, events, 0, List.of(), 0);
	}

}
