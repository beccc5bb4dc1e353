package io.hindspan.export;

import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Spans that go to a target together.
 *
 * @param number which batch of its target it is
 * @param spans the spans, which several targets share
 */
record Batch(long number, List<SpanData> spans) {

	int size() {
		return this.spans.size();
	}

}
