package io.hindspan.span;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

/**
 * A span that has ended and comes from elsewhere: from a file, or from another service.
 * Immutable.
 *
 * @param resource what has made it
 * @param scope the instrumentation scope
 * @param context its ids, flags and state
 * @param parent the context of its parent, an invalid one for a root
 * @param name the name
 * @param kind the kind
 * @param status the status
 * @param start the time of its start, nanoseconds since the epoch
 * @param end the time of its end, nanoseconds since the epoch
 * @param attributes the attributes
 * @param totalAttributes how many attributes there were, those that were dropped included
 * @param events the events
 * @param totalEvents how many events there were, those that were dropped included
 * @param links the links
 * @param totalLinks how many links there were, those that were dropped included
 */
public record FinishedSpan(Resource resource, InstrumentationScopeInfo scope, SpanContext context, SpanContext parent,
		String name, SpanKind kind, StatusData status, long start, long end, Attributes attributes, int totalAttributes,
		List<EventData> events, int totalEvents, List<LinkData> links, int totalLinks) implements SpanData {

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public SpanKind getKind() {
		return this.kind;
	}

	@Override
	public SpanContext getSpanContext() {
		return this.context;
	}

	@Override
	public SpanContext getParentSpanContext() {
		return this.parent;
	}

	@Override
	public StatusData getStatus() {
		return this.status;
	}

	@Override
	public long getStartEpochNanos() {
		return this.start;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public List<EventData> getEvents() {
		return this.events;
	}

	@Override
	public List<LinkData> getLinks() {
		return this.links;
	}

	@Override
	public long getEndEpochNanos() {
		return this.end;
	}

	@Override
	public boolean hasEnded() {
		return true;
	}

	@Override
	public int getTotalRecordedEvents() {
		return this.totalEvents;
	}

	@Override
	public int getTotalRecordedLinks() {
		return this.totalLinks;
	}

	@Override
	public int getTotalAttributeCount() {
		return this.totalAttributes;
	}

	@Override
	@SuppressWarnings("deprecation")
	public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
		return InstrumentationLibraryInfo.create(this.scope.getName(), this.scope.getVersion(),
				this.scope.getSchemaUrl());
	}

	@Override
	public InstrumentationScopeInfo getInstrumentationScopeInfo() {
		return this.scope;
	}

	@Override
	public Resource getResource() {
		return this.resource;
	}

}
