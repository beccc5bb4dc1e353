package io.hindspan.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Turns finished spans of OpenTelemetry's SDK into records. Thread-safe.
 */
public final class SpanRecords {

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private static final Class<?> IMMUTABLE = Attributes.empty().getClass();

	private static final String UNKNOWN_SERVICE = "unknown_service";

	/** A service has one resource and few scopes. */
	private static final int MAX_SCOPES = 1_000;

	private volatile @Nullable Scopes last;

	/**
	 * Turns spans into records.
	 * @param spans finished spans
	 * @return their records, in their order
	 */
	public List<SpanRecord> of(Collection<SpanData> spans) {
		List<SpanRecord> records = new ArrayList<>(spans.size());
		for (SpanData span : spans) {
			records.add(of(span));
		}
		return records;
	}

	/**
	 * Turns a span into a record.
	 * @param span a finished span
	 * @return its record
	 */
	public SpanRecord of(SpanData span) {
		long start = span.getStartEpochNanos();
		List<SpanRecord.Event> events = events(span.getEvents());
		List<SpanRecord.Link> links = links(span.getLinks());
		return new SpanRecord(span.getTraceId(), span.getSpanId(),
				span.getParentSpanContext().isValid() ? span.getParentSpanId() : null,
				span.getSpanContext().getTraceFlags().asByte(), traceState(span), origin(span), span.getName(),
				span.getKind(), start, Math.max(start, span.getEndEpochNanos()), span.getStatus().getStatusCode(),
				span.getStatus().getDescription(), immutable(span.getAttributes()),
				Math.max(0, span.getTotalAttributeCount() - span.getAttributes().size()), events,
				Math.max(0, span.getTotalRecordedEvents() - events.size()), links,
				Math.max(0, span.getTotalRecordedLinks() - links.size()));
	}

	/**
	 * A span's own attributes are a map, which is larger and equals no others.
	 */
	private static Attributes immutable(Attributes attributes) {
		return (attributes.getClass() == IMMUTABLE) ? attributes : Attributes.builder().putAll(attributes).build();
	}

	private static String traceState(SpanData span) {
		if (span.getSpanContext().getTraceState().isEmpty()) {
			return "";
		}
		StringBuilder header = new StringBuilder();
		span.getSpanContext().getTraceState().forEach((key, value) -> {
			header.append(header.isEmpty() ? "" : ",").append(key).append('=').append(value);
		});
		return header.toString();
	}

	private static List<SpanRecord.Event> events(List<EventData> events) {
		if (events.isEmpty()) {
			return List.of();
		}
		List<SpanRecord.Event> records = new ArrayList<>(events.size());
		for (EventData event : events) {
			records.add(new SpanRecord.Event(event.getName(), event.getEpochNanos(), immutable(event.getAttributes())));
		}
		records.sort(Comparator.comparingLong(SpanRecord.Event::time));
		return List.copyOf(records);
	}

	private static List<SpanRecord.Link> links(List<LinkData> links) {
		if (links.isEmpty()) {
			return List.of();
		}
		List<SpanRecord.Link> records = new ArrayList<>(links.size());
		for (LinkData link : links) {
			records.add(new SpanRecord.Link(link.getSpanContext().getTraceId(), link.getSpanContext().getSpanId(),
					immutable(link.getAttributes())));
		}
		return List.copyOf(records);
	}

	private SpanOrigin origin(SpanData span) {
		Resource resource = span.getResource();
		Scopes known = this.last;
		if (known == null || known.resource != resource || known.origins.size() > MAX_SCOPES) {
			known = new Scopes(resource, new ConcurrentHashMap<>());
			this.last = known;
		}
		return known.origins.computeIfAbsent(span.getInstrumentationScopeInfo(), (scope) -> origin(resource, scope));
	}

	private static SpanOrigin origin(Resource resource, InstrumentationScopeInfo scope) {
		Attributes attributes = resource.getAttributes();
		String service = attributes.get(SERVICE_NAME);
		return new SpanOrigin((service != null && !service.isEmpty()) ? service : UNKNOWN_SERVICE, scope.getName(),
				scope.getVersion(), attributes);
	}

	private record Scopes(Resource resource, Map<InstrumentationScopeInfo, SpanOrigin> origins) {

	}

}
