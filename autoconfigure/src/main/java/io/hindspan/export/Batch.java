package io.hindspan.export;

import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import io.hindspan.export.spool.StoredBatch;

/**
 * Spans that go to a target together.
 *
 * @param number which batch of its target it is
 * @param spans the spans, which several targets share
 * @param stored the same on disk, if it comes from there
 */
record Batch(long number, List<SpanData> spans, @Nullable StoredBatch stored) {

	Batch(long number, List<SpanData> spans) {
		this(number, spans, null);
	}

	int size() {
		return this.spans.size();
	}

}
