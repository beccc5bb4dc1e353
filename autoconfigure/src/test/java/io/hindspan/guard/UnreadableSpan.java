package io.hindspan.guard;

import java.util.List;

import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * A span of somebody's whose links cannot be had.
 */
final class UnreadableSpan extends DelegatingSpanData {

	UnreadableSpan(SpanData span) {
		super(span);
	}

	@Override
	public List<LinkData> getLinks() {
		throw new IllegalStateException("broken");
	}

}
