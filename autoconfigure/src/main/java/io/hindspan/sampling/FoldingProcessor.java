package io.hindspan.sampling;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Folds the spans of loops as they end, and tells of them when the local root ends.
 * Stands before the tail decision, which then sees what is told. Thread-safe.
 */
public final class FoldingProcessor implements SpanProcessor {

	/**
	 * Whether a span is folded, and so no one else's business.
	 * @param span the span's context
	 * @return {@code true} if it is
	 */
	public static boolean isFolded(SpanContext span) {
		return span.getTraceState() instanceof FoldedSpans;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
	}

	@Override
	public boolean isStartRequired() {
		return false;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		TraceState state = span.getSpanContext().getTraceState();
		if (state instanceof FoldedSpans folded) {
			folded.fold(span.toSpanData());
		}
		else if (state instanceof SpanGroup group && group.isOfRoot()) {
			group.tell(group.spans()::add);
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public String toString() {
		return "FoldingProcessor";
	}

}
