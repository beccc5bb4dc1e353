package io.hindspan.websocket;

import java.util.function.Function;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

import io.hindspan.core.FaultGuard;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.CodeFunction;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a CONSUMER span of each message from a client for which the application has a
 * method. It continues the trace that the message's headers tell of; without one it
 * begins a trace of its own, linked to the session's handshake, which is long over.
 */
final class HandlingInterceptor implements ExecutorChannelInterceptor {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.websocket";

	private static final ContextKey<Handling> HANDLING = ContextKey.named("hindspan-stomp-handling");

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final FaultGuard guard = new FaultGuard("a message from a client");

	private final Supplier<@Nullable InstrumentationTracers> tracers;

	private final Supplier<TrustedCallers> trustedCallers;

	HandlingInterceptor(Supplier<@Nullable InstrumentationTracers> tracers, Supplier<TrustedCallers> trustedCallers) {
		this.tracers = tracers;
		this.trustedCallers = trustedCallers;
	}

	@Override
	public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		if (handler instanceof SimpAnnotationMethodMessageHandler methods) {
			Handling outer = current(handler);
			Handling begun = this.guard.get(() -> begin(message, methods));
			if (begun == null && outer != null) {
				// A message that the method hands on to its own handler
				outer.depth++;
			}
		}
		return message;
	}

	private @Nullable Handling begin(Message<?> message, SimpAnnotationMethodMessageHandler handler) {
		InstrumentationTracers tracers = this.tracers.get();
		MappedMethods.Mapped mapped = (tracers != null) ? MappedMethods.find(handler, message) : null;
		if (tracers == null || mapped == null) {
			return null;
		}
		InstrumentationTracer tracer = tracers.get(INSTRUMENTATION_SCOPE);
		Function<String, @Nullable String> headers = (name) -> NativeMessageHeaderAccessor.getFirstNativeHeader(name,
				message.getHeaders());
		boolean trusted = HandshakeLink.isTrusted(message, this.trustedCallers.get());
		Context parent = trusted ? tracers.extract(Context.root(), headers) : Context.root();
		SpanBuilder builder = tracer.spanBuilder(mapped.template() + " process", SpanKind.CONSUMER, parent);
		describe(tracer.attributes(builder), message, mapped);
		if (!trusted) {
			builder.addLink(tracers.untrustedSender(headers));
		}
		SpanContext handshake = HandshakeLink.of(message);
		if (handshake != null && !Span.fromContext(parent).getSpanContext().isValid()) {
			builder.addLink(handshake);
		}
		Span span = builder.startSpan();
		Handling handling = new Handling(handler);
		handling.open(tracer, span, tracers.contextOf(parent, span));
		return handling;
	}

	private void describe(SpanAttributes attributes, Message<?> message, MappedMethods.Mapped mapped) {
		attributes.put(StompAttributes.SYSTEM, "stomp")
			.put(StompAttributes.DESTINATION, SimpMessageHeaderAccessor.getDestination(message.getHeaders()))
			.put(StompAttributes.TEMPLATE, mapped.template())
			.put(StompAttributes.OPERATION_TYPE, "process")
			.put(StompAttributes.OPERATION_NAME, "process", null);
		this.functions.get(mapped.method().getBeanType(), mapped.method().getMethod().getName()).writeTo(attributes);
	}

	@Override
	public void afterMessageHandled(Message<?> message, MessageChannel channel, MessageHandler handler,
			@Nullable Exception ex) {
		Handling handling = current(handler);
		if (handling != null && --handling.depth == 0) {
			handling.close(ex);
		}
	}

	/**
	 * Tells of an exception that no method of the application handles. Spring logs it and
	 * goes on, and the client learns nothing.
	 */
	static void unhandled(Throwable exception) {
		Handling handling = current();
		if (handling != null) {
			handling.unhandled = exception;
		}
	}

	private static @Nullable Handling current() {
		Handling handling = Context.current().get(HANDLING);
		return (handling != null && handling.isHere()) ? handling : null;
	}

	private static @Nullable Handling current(MessageHandler handler) {
		Handling handling = current();
		return (handling != null && handling.handler == handler) ? handling : null;
	}

	/**
	 * A message on its way through a handler. The context that tells of it may be carried
	 * to other threads, which handle messages of their own.
	 */
	private static final class Handling {

		private final Thread owner = Thread.currentThread();

		private final MessageHandler handler;

		private @Nullable OpenSpan span;

		private @Nullable Throwable unhandled;

		private int depth = 1;

		private Handling(MessageHandler handler) {
			this.handler = handler;
		}

		private void open(InstrumentationTracer tracer, Span span, Context context) {
			this.span = tracer.open(span, context.with(HANDLING, this));
		}

		private boolean isHere() {
			return this.owner == Thread.currentThread() && this.depth > 0;
		}

		private void close(@Nullable Exception thrown) {
			if (this.span != null) {
				Throwable failure = (thrown != null) ? thrown : this.unhandled;
				if (failure != null) {
					this.span.fail(failure);
				}
				this.span.end();
			}
		}

	}

}
