package io.hindspan.sampling;

import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Where spans go that were not sampled when they began and are kept nevertheless: to the
 * processors that export sampled ones. Thread-safe.
 */
public final class KeptSpans implements Consumer<ReadableSpan> {

	private final SpanProcessor[] exporting;

	KeptSpans(List<SpanProcessor> exporting) {
		this.exporting = exporting.toArray(SpanProcessor[]::new);
	}

	@Override
	public void accept(ReadableSpan span) {
		for (SpanProcessor processor : this.exporting) {
			processor.onEnd(span);
		}
	}

}
