package io.hindspan.guard;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

/**
 * A span in which something is masked. Immutable.
 */
final class GuardedSpan extends DelegatingSpanData {

	private final Content content;

	GuardedSpan(SpanData span, Content content) {
		super(span);
		this.content = content;
	}

	@Override
	public String getName() {
		return this.content.name();
	}

	@Override
	public SpanContext getSpanContext() {
		return this.content.context();
	}

	@Override
	public Resource getResource() {
		return this.content.resource();
	}

	@Override
	public InstrumentationScopeInfo getInstrumentationScopeInfo() {
		return this.content.scope();
	}

	@Override
	public Attributes getAttributes() {
		return this.content.attributes();
	}

	@Override
	public List<EventData> getEvents() {
		return this.content.events();
	}

	@Override
	public List<LinkData> getLinks() {
		return this.content.links();
	}

	@Override
	public StatusData getStatus() {
		return this.content.status();
	}

	/**
	 * What a span tells in words.
	 */
	record Content(String name, SpanContext context, Resource resource, InstrumentationScopeInfo scope,
			Attributes attributes, List<EventData> events, List<LinkData> links, StatusData status) {

	}

}
