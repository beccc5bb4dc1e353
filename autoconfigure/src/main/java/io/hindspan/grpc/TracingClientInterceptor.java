package io.hindspan.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
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

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a CLIENT span of each call, from its start until it is closed, and tells the
 * server of it. What the caller does with responses runs in the caller's context. Goes
 * before all other interceptors, so that what they do belongs to the call.
 */
final class TracingClientInterceptor implements ClientInterceptor, PriorityOrdered {

	private static final CallOptions.Key<Boolean> TRACED = CallOptions.Key.create("hindspan-traced");

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final CallMetadata metadata;

	private final CalleeVerdict calleeVerdict;

	TracingClientInterceptor(InstrumentationTracers tracers, CallMetadata metadata, CalleeVerdict calleeVerdict) {
		this.tracers = tracers;
		this.tracer = tracers.get(GrpcTracing.INSTRUMENTATION_SCOPE);
		this.metadata = metadata;
		this.calleeVerdict = calleeVerdict;
	}

	private void heard(CallSpan span, @Nullable String authority, Metadata trailers) {
		SpanContext caller = Span.fromContext(span.context()).getSpanContext();
		if (!caller.isSampled()) {
			this.calleeVerdict.heard(caller, GrpcAttributes.host(authority), trailers.get(TraceResponse.KEY));
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
		if (options.getOption(TRACED) != null) {
			return next.newCall(method, options);
		}
		Context caller = Context.current();
		ClientCall<Q, R> call = next.newCall(method, options.withOption(TRACED, Boolean.TRUE));
		return new TracedCall<>(call, method, next.authority(), caller);
	}

	private CallSpan start(MethodDescriptor<?, ?> method, @Nullable String authority, Context caller,
			Metadata headers) {
		SpanBuilder builder = this.tracer.spanBuilder(method.getFullMethodName(), SpanKind.CLIENT, caller);
		SpanAttributes attributes = this.tracer.attributes(builder);
		GrpcAttributes.method(attributes, method);
		GrpcAttributes.authority(attributes, authority);
		Span span = builder.startSpan();
		Context context = CallMetadata.mark(this.tracers.contextOf(caller, span), headers);
		return new CallSpan(this.tracer, span, context, false);
	}

	private final class TracedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

		private final MethodDescriptor<Q, R> method;

		private final @Nullable String authority;

		private final Context caller;

		private TracedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method, @Nullable String authority,
				Context caller) {
			super(call);
			this.method = method;
			this.authority = authority;
			this.caller = caller;
		}

		@Override
		public void start(Listener<R> listener, Metadata headers) {
			if (TracingClientInterceptor.this.tracer.leavesOut(this.caller)) {
				Context marked = CallMetadata.mark(this.caller, headers);
				TracingClientInterceptor.this.metadata.inject(marked, headers);
				try (Scope scope = marked.makeCurrent()) {
					super.start(new TracedListener<>(TracingClientInterceptor.this, listener, this, null), headers);
				}
				return;
			}
			CallSpan span = TracingClientInterceptor.this.start(this.method, this.authority, this.caller, headers);
			TracingClientInterceptor.this.metadata.inject(span.context(), headers);
			try (Scope scope = span.context().makeCurrent()) {
				super.start(new TracedListener<>(TracingClientInterceptor.this, listener, this, span), headers);
			}
			catch (Throwable ex) {
				span.end(Status.fromThrowable(ex).getCode(), ex, null);
				throw ex;
			}
		}

	}

	private static final class TracedListener<R> extends SimpleForwardingClientCallListener<R> {

		private final TracingClientInterceptor interceptor;

		private final ClientCall<?, R> call;

		private final @Nullable CallSpan span;

		private final Context caller;

		private final @Nullable String authority;

		private TracedListener(TracingClientInterceptor interceptor, ClientCall.Listener<R> listener,
				TracedCall<?, R> call, @Nullable CallSpan span) {
			super(listener);
			this.interceptor = interceptor;
			this.call = call;
			this.span = span;
			this.caller = call.caller;
			this.authority = call.authority;
		}

		@Override
		public void onHeaders(Metadata headers) {
			try (Scope scope = this.caller.makeCurrent()) {
				super.onHeaders(headers);
			}
		}

		@Override
		public void onMessage(R message) {
			try (Scope scope = this.caller.makeCurrent()) {
				super.onMessage(message);
			}
		}

		@Override
		public void onReady() {
			try (Scope scope = this.caller.makeCurrent()) {
				super.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (this.span != null) {
				this.interceptor.heard(this.span, this.authority, trailers);
				this.span.end(status.getCode(), status.getCause(), this.call.getAttributes());
			}
			try (Scope scope = this.caller.makeCurrent()) {
				super.onClose(status, trailers);
			}
		}

	}

}
