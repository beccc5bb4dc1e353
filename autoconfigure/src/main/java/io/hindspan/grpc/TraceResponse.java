package io.hindspan.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.api.trace.SpanContext;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.Verdict;

/**
 * What a call's trailers tell the caller of its trace, in the words of HTTP's header.
 *
 * @see <a href="https://w3c.github.io/trace-context/#traceresponse-header">the
 * traceresponse header</a>
 */
final class TraceResponse {

	static final Metadata.Key<String> KEY = Metadata.Key.of(CalleeVerdict.TRACE_RESPONSE,
			Metadata.ASCII_STRING_MARSHALLER);

	private static final String ERROR = "error";

	private TraceResponse() {
	}

	/**
	 * Adds what is known when the call is answered. The span of an error will have its
	 * trace kept, so it is kept at once.
	 * @param trailers the application's trailers, which other calls may use too
	 * @return a copy with the answer
	 */
	static Metadata addTo(Metadata trailers, SpanContext span, Status.Code code) {
		Verdict verdict = span.isSampled() ? null : Verdict.of(span);
		if (verdict != null && CallSpan.outcome(code, null, true).error()) {
			verdict.keep(ERROR);
		}
		Metadata answer = new Metadata();
		answer.merge(trailers);
		answer.discardAll(KEY);
		answer.put(KEY, CalleeVerdict.of(span));
		return answer;
	}

}
