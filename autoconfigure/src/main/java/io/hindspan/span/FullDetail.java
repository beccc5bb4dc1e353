package io.hindspan.span;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;

/**
 * Whether a trace is to tell everything, also what is usually too little for a span. Said
 * by a member of {@code tracestate}, which every service hands on, so that it holds along
 * the whole path; it means nothing in a trace that is not sampled. A caller who is
 * believed in his sampled flag is believed in this, so it must not lift what protects the
 * service.
 */
public final class FullDetail {

	/** The name of Hindspan's member of {@code tracestate}. */
	static final String KEY = "hs";

	static final String VALUE = "d:1";

	private FullDetail() {
	}

	/**
	 * Whether everything is to be told.
	 * @param span the context of a span of the trace
	 * @return {@code true} if spans are to be made that a threshold would leave out
	 */
	public static boolean isWanted(SpanContext span) {
		return span.isSampled() && VALUE.equals(span.getTraceState().get(KEY));
	}

	/**
	 * Has everything told from here on.
	 * @param state the trace's state
	 * @return the state that says so, with everything else that it had
	 */
	public static TraceState in(TraceState state) {
		return state.toBuilder().put(KEY, VALUE).build();
	}

}
