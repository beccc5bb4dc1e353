package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;

/**
 * Turns spans that were received into those of the store.
 */
final class SpanRecords {

	private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

	private final Map<Source, SpanOrigin> origins = new HashMap<>();

	List<SpanRecord> of(List<SpanData> spans) {
		List<SpanRecord> records = new ArrayList<>(spans.size());
		for (SpanData span : spans) {
			if (span.getSpanContext().isValid()) {
				records.add(of(span));
			}
		}
		return records;
	}

	private SpanRecord of(SpanData span) {
		List<SpanRecord.Event> events = new ArrayList<>(span.getEvents().size());
		for (EventData event : span.getEvents()) {
			events.add(new SpanRecord.Event(event.getName(), event.getEpochNanos(), event.getAttributes()));
		}
		List<SpanRecord.Link> links = new ArrayList<>(span.getLinks().size());
		for (LinkData link : span.getLinks()) {
			links.add(new SpanRecord.Link(link.getSpanContext().getTraceId(), link.getSpanContext().getSpanId(),
					link.getAttributes()));
		}
		boolean root = !span.getParentSpanContext().isValid();
		return new SpanRecord(span.getTraceId(), span.getSpanId(), root ? null : span.getParentSpanId(),
				span.getSpanContext().getTraceFlags().asByte(), "",
				this.origins.computeIfAbsent(new Source(span.getResource(), span.getInstrumentationScopeInfo()),
						SpanRecords::origin),
				span.getName(), span.getKind(), span.getStartEpochNanos(),
				Math.max(span.getStartEpochNanos(), span.getEndEpochNanos()), span.getStatus().getStatusCode(),
				span.getStatus().getDescription(), span.getAttributes(),
				Math.max(0, span.getTotalAttributeCount() - span.getAttributes().size()), List.copyOf(events),
				Math.max(0, span.getTotalRecordedEvents() - events.size()), List.copyOf(links),
				Math.max(0, span.getTotalRecordedLinks() - links.size()));
	}

	private static SpanOrigin origin(Source source) {
		String service = source.resource().getAttribute(SERVICE);
		return new SpanOrigin((service != null) ? service : "unknown_service", source.scope().getName(),
				source.scope().getVersion(), source.resource().getAttributes());
	}

	private record Source(Resource resource, InstrumentationScopeInfo scope) {

	}

}
