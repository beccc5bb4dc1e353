package io.hindspan.grpc;

import java.util.concurrent.TimeoutException;

import io.grpc.Attributes;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a SERVER span of each call, until it is complete or cancelled, and runs every
 * callback of it in the span's context. Goes before all other interceptors, so that it
 * sees the status that the caller gets.
 */
final class TracingServerInterceptor implements ServerInterceptor, PriorityOrdered {

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final CallMetadata metadata;

	private final TrustedCallers trustedCallers;

	private final boolean traceResponse;

	TracingServerInterceptor(InstrumentationTracers tracers, CallMetadata metadata, TrustedCallers trustedCallers,
			boolean traceResponse) {
		this.tracers = tracers;
		this.tracer = tracers.get(GrpcTracing.INSTRUMENTATION_SCOPE);
		this.metadata = metadata;
		this.trustedCallers = trustedCallers;
		this.traceResponse = traceResponse;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		if (CallMetadata.isTraced(headers)) {
			return next.startCall(call, headers);
		}
		CallSpan span = start(call, headers);
		TracedCall<Q, R> traced = new TracedCall<>(call,
				this.traceResponse ? Span.fromContext(span.context()).getSpanContext() : null);
		try (Scope scope = span.context().makeCurrent()) {
			return new TracedListener<>(next.startCall(traced, headers), traced, span);
		}
		catch (Throwable ex) {
			span.end(Status.Code.UNKNOWN, ex, call.getAttributes());
			throw ex;
		}
	}

	private CallSpan start(ServerCall<?, ?> call, Metadata headers) {
		boolean trusted = this.trustedCallers.trust(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
		Context parent = trusted ? parent(headers) : this.tracers.extractNothing(Context.current());
		MethodDescriptor<?, ?> method = call.getMethodDescriptor();
		SpanBuilder builder = this.tracer.spanBuilder(method.getFullMethodName(), SpanKind.SERVER, parent);
		SpanAttributes attributes = this.tracer.attributes(builder);
		GrpcAttributes.method(attributes, method);
		GrpcAttributes.authority(attributes, call.getAuthority());
		if (!trusted && !Span.fromContext(parent).getSpanContext().isValid()) {
			builder.addLink(this.metadata.untrustedSender(headers));
		}
		Span span = builder.startSpan();
		Context context = CallMetadata.mark(this.tracers.contextOf(parent, span), headers);
		return new CallSpan(this.tracer, span, context, true);
	}

	/**
	 * A call that arrives in a request of a servlet goes beneath that request's span.
	 */
	private Context parent(Metadata headers) {
		Context current = Context.current();
		Context extracted = this.metadata.extract(current, headers);
		SpanContext local = Span.fromContext(current).getSpanContext();
		SpanContext caller = Span.fromContext(extracted).getSpanContext();
		return (local.isValid() && local.getTraceId().equals(caller.getTraceId())) ? current : extracted;
	}

	private static final class TracedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

		private final @Nullable SpanContext told;

		private volatile @Nullable Status status;

		private TracedCall(ServerCall<Q, R> call, @Nullable SpanContext told) {
			super(call);
			this.told = told;
		}

		@Override
		public void close(Status status, Metadata trailers) {
			this.status = status;
			super.close(status,
					(this.told != null) ? TraceResponse.addTo(trailers, this.told, status.getCode()) : trailers);
		}

	}

	private static final class TracedListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final TracedCall<?, ?> call;

		private final CallSpan span;

		private TracedListener(ServerCall.Listener<Q> listener, TracedCall<?, ?> call, CallSpan span) {
			super(listener);
			this.call = call;
			this.span = span;
		}

		@Override
		public void onMessage(Q message) {
			run(() -> super.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			run(super::onHalfClose);
		}

		@Override
		public void onReady() {
			run(super::onReady);
		}

		@Override
		public void onCancel() {
			try {
				run(super::onCancel);
			}
			finally {
				end(cancellation());
			}
		}

		@Override
		public void onComplete() {
			try {
				run(super::onComplete);
			}
			finally {
				end(Status.OK);
			}
		}

		/**
		 * A server answers with UNKNOWN for what is thrown here, and may tell the
		 * listener nothing more.
		 */
		private void run(Runnable callback) {
			try (Scope scope = this.span.context().makeCurrent()) {
				callback.run();
			}
			catch (Throwable ex) {
				this.span.end(Status.Code.UNKNOWN, ex, attributes());
				throw ex;
			}
		}

		private void end(Status unlessClosed) {
			Status closed = this.call.status;
			Status status = (closed != null) ? closed : unlessClosed;
			this.span.end(status.getCode(), status.getCause(), attributes());
		}

		private @Nullable Attributes attributes() {
			return this.call.getAttributes();
		}

		private static Status cancellation() {
			io.grpc.Context context = io.grpc.Context.current();
			Deadline deadline = context.getDeadline();
			boolean late = context.cancellationCause() instanceof TimeoutException
					|| (deadline != null && deadline.isExpired());
			return late ? Status.DEADLINE_EXCEEDED : Status.CANCELLED;
		}

	}

}
