package io.hindspan.web;

import java.util.function.BiConsumer;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * The headers that tell the caller which trace his request is in.
 *
 * @see <a href="https://w3c.github.io/trace-context/#traceresponse-header">the
 * traceresponse header</a>
 */
final class TraceResponse {

	static final String TRACE_RESPONSE = "traceresponse";

	private final @Nullable String traceIdHeader;

	private final boolean traceResponse;

	TraceResponse(WebTracingProperties properties) {
		String header = properties.traceIdHeader();
		this.traceIdHeader = header.isBlank() ? null : header;
		this.traceResponse = properties.traceResponse();
	}

	void write(SpanContext context, BiConsumer<String, String> headers) {
		if (!context.isValid()) {
			return;
		}
		if (this.traceIdHeader != null) {
			headers.accept(this.traceIdHeader, context.getTraceId());
		}
		if (this.traceResponse) {
			headers.accept(TRACE_RESPONSE,
					"00-" + context.getTraceId() + "-" + context.getSpanId() + "-" + context.getTraceFlags().asHex());
		}
	}

}
