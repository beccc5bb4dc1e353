package io.hindspan.grpc;

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Attributes;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * The span of one call, which ends once, whoever comes first. Thread-safe.
 */
final class CallSpan {

	private final AtomicBoolean ended = new AtomicBoolean();

	private final InstrumentationTracer tracer;

	private final Span span;

	private final Context context;

	private final boolean server;

	CallSpan(InstrumentationTracer tracer, Span span, Context context, boolean server) {
		this.tracer = tracer;
		this.span = span;
		this.context = context;
		this.server = server;
	}

	/**
	 * The context in which the call's work runs.
	 */
	Context context() {
		return this.context;
	}

	void end(Status.Code code, @Nullable Throwable exception, @Nullable Attributes transport) {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		if (this.span.isRecording()) {
			SpanAttributes attributes = this.tracer.attributes(this.span);
			GrpcAttributes.status(attributes, code);
			GrpcAttributes.peer(attributes, transport);
			this.tracer.outcome(this.span, this.context, outcome(code, exception, this.server));
		}
		this.span.end();
	}

	/**
	 * What the conventions call an error: for a client everything but OK, for a server
	 * what it is to blame for.
	 * @see <a href="https://opentelemetry.io/docs/specs/semconv/rpc/grpc/">gRPC spans</a>
	 */
	static SpanOutcome outcome(Status.Code code, @Nullable Throwable exception, boolean server) {
		boolean error = switch (code) {
			case OK -> false;
			case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
			default -> !server;
		};
		return error ? SpanOutcome.failed(code.name(), exception) : SpanOutcome.unset();
	}

}
