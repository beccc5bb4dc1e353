package io.hindspan.sampling;

import java.util.function.Consumer;

import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * The verdict on traces that are sampled from the start: one for all of them. Immutable.
 */
final class SampledTraces implements TraceSpans {

	private final Consumer<ReadableSpan> next;

	SampledTraces(Consumer<ReadableSpan> next) {
		this.next = next;
	}

	@Override
	public boolean isKept() {
		return true;
	}

	@Override
	public boolean isDropped() {
		return false;
	}

	@Override
	public boolean keep(String reason) {
		return false;
	}

	@Override
	public void add(SpanData span) {
		this.next.accept(KeptSpan.of(span));
	}

	@Override
	public void look(SpanData span) {
		// Are kept whatever it is
	}

}
