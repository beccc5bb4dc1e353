package io.hindspan.sampling;

import io.opentelemetry.sdk.trace.data.SpanData;

import io.hindspan.span.Verdict;

/**
 * The spans beneath one local root, for those that come to it other than by their end.
 */
public interface TraceSpans extends Verdict {

	/**
	 * Adds an ended span, which is kept or not with the others. It may be what keeps
	 * them.
	 * @param span the span
	 */
	void add(SpanData span);

	/**
	 * Looks at an ended span that is told of in a summary only: it may be what keeps the
	 * others, too.
	 * @param span the span
	 */
	void look(SpanData span);

}
