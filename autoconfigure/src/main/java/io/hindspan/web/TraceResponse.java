package io.hindspan.web;

import java.util.function.BiConsumer;
import java.util.function.Function;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.UntracedRequests;

/**
 * The headers that tell the caller which trace his request is in.
 *
 * @see <a href="https://w3c.github.io/trace-context/#traceresponse-header">the
 * traceresponse header</a>
 */
final class TraceResponse {

	/** Why a trace is kept whose response tells of an error. */
	static final String ERROR = "error";

	private final @Nullable String traceIdHeader;

	private final boolean traceResponse;

	private final UntracedRequests untraced;

	TraceResponse(WebTracingProperties properties, UntracedRequests untraced) {
		String header = properties.traceIdHeader();
		this.traceIdHeader = header.isBlank() ? null : header;
		this.traceResponse = properties.traceResponse();
		this.untraced = untraced;
	}

	void write(SpanContext context, BiConsumer<String, String> headers) {
		if (!context.isValid() || this.untraced.have(context)) {
			return;
		}
		if (this.traceIdHeader != null) {
			headers.accept(this.traceIdHeader, context.getTraceId());
		}
		if (this.traceResponse) {
			headers.accept(CalleeVerdict.TRACE_RESPONSE, CalleeVerdict.of(context));
		}
	}

	/**
	 * Tells what has become of a trace since its headers were written. Where the
	 * application has written or removed them since, it has the last word.
	 * @param context the span
	 * @param told the value of {@value CalleeVerdict#TRACE_RESPONSE} as it is, or
	 * {@code null} if there is none
	 * @param headers writes a header
	 */
	void update(SpanContext context, @Nullable String told, BiConsumer<String, String> headers) {
		if (this.traceResponse && told != null && CalleeVerdict.isOf(told, context)) {
			headers.accept(CalleeVerdict.TRACE_RESPONSE, CalleeVerdict.of(context));
		}
	}

	/**
	 * Writes the headers again that are gone since, and tells what has become of the
	 * trace in the others.
	 * @param context the span
	 * @param present the value of a header, or {@code null} if there is none
	 * @param headers writes a header
	 */
	void restore(SpanContext context, Function<String, @Nullable String> present, BiConsumer<String, String> headers) {
		write(context, (name, value) -> {
			if (present.apply(name) == null) {
				headers.accept(name, value);
			}
		});
		update(context, present.apply(CalleeVerdict.TRACE_RESPONSE), headers);
	}

	/**
	 * Whether the caller is told anything that may change while the request is handled.
	 */
	boolean tellsVerdict() {
		return this.traceResponse;
	}

}
