package io.hindspan.explorer;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;

/**
 * Makes spans as the store has them.
 */
final class StoredSpans {

	static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	static final long START = 1_790_000_000_000_000_000L;

	private StoredSpans() {
	}

	static SpanRecord span(String traceId, String spanId, @Nullable String parentId, String service, SpanKind kind,
			String name, long from, long duration, Attributes attributes) {
		return span(traceId, spanId, parentId, service, kind, name, from, duration, StatusCode.UNSET, attributes);
	}

	static SpanRecord span(String traceId, String spanId, @Nullable String parentId, String service, SpanKind kind,
			String name, long from, long duration, StatusCode status, Attributes attributes) {
		return new SpanRecord(traceId, spanId, parentId, (byte) 1, "",
				new SpanOrigin(service, "io.hindspan.test", "1.0",
						Attributes.builder().put("service.name", service).build()),
				name, kind, START + from, START + from + duration, status, "", attributes, 0, List.of(), 0, List.of(),
				0);
	}

}
