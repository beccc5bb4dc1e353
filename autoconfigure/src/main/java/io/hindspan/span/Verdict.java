package io.hindspan.span;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Whether this service's part of a trace is kept, where that is still open when its spans
 * begin: a {@link SpanContext} never changes, so its sampled flag cannot tell. The
 * verdict travels with the span contexts of the local root and of all spans beneath it.
 * Once kept or dropped, it stays so. Thread-safe.
 */
public interface Verdict {

	/**
	 * Whether the spans are kept.
	 * @return {@code true} once it is decided that they are
	 */
	boolean isKept();

	/**
	 * Whether the spans are dropped.
	 * @return {@code true} once it is decided that they are
	 */
	boolean isDropped();

	/**
	 * Keeps the spans, those that have ended and those that will. Does nothing once they
	 * are kept or dropped.
	 * @param reason why, in a word of low cardinality such as {@code error}
	 * @return whether this call decided it
	 */
	boolean keep(String reason);

	/**
	 * The verdict on a span.
	 * @param spanContext the span's context
	 * @return the verdict, or {@code null} where the sampled flag says it all, and for a
	 * span of another service
	 */
	static @Nullable Verdict of(SpanContext spanContext) {
		return (spanContext.getTraceState() instanceof VerdictTraceState state) ? state.verdict() : null;
	}

	/**
	 * Whether a span is kept as far as is known now: what is to be told to other
	 * services.
	 * @param spanContext the span's context
	 * @return {@code true} if it is sampled, or kept since
	 */
	static boolean isKept(SpanContext spanContext) {
		if (spanContext.isSampled()) {
			return true;
		}
		Verdict verdict = of(spanContext);
		return verdict != null && verdict.isKept();
	}

	/**
	 * Keeps the current span's part of the trace, if that is still open.
	 * @param context the context with the span
	 * @param reason why, in a word of low cardinality
	 * @return whether this call decided it
	 */
	static boolean keep(Context context, String reason) {
		SpanContext spanContext = Span.fromContext(context).getSpanContext();
		Verdict verdict = spanContext.isSampled() ? null : of(spanContext);
		return verdict != null && verdict.keep(reason);
	}

}
