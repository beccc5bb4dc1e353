package io.hindspan.websocket;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a CONSUMER span of each message from a client for which the application has a
 * method. It continues the trace that the message's headers tell of; without one it
 * begins a trace of its own, linked to the session's handshake, which is long over.
 */
final class HandlingInterceptor implements ExecutorChannelInterceptor {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.websocket";

	private static final ContextKey<Handling> HANDLING = ContextKey.named("hindspan-stomp-handling");

	private static final Logger logger = LoggerFactory.getLogger(HandlingInterceptor.class);

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final ObjectProvider<InstrumentationTracers> tracers;

	HandlingInterceptor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	@Override
	public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		if (handler instanceof SimpAnnotationMethodMessageHandler methods) {
			try {
				begin(message, methods);
			}
			catch (RuntimeException ex) {
				logger.debug("Could not start the span of a message", ex);
			}
		}
		return message;
	}

	private void begin(Message<?> message, SimpAnnotationMethodMessageHandler handler) {
		InstrumentationTracers tracers = this.tracers.getIfAvailable();
		MappedMethods.Mapped mapped = (tracers != null) ? MappedMethods.find(handler, message) : null;
		if (tracers == null || mapped == null) {
			return;
		}
		InstrumentationTracer tracer = tracers.get(INSTRUMENTATION_SCOPE);
		Context parent = tracers.extract(Context.root(),
				(name) -> NativeMessageHeaderAccessor.getFirstNativeHeader(name, message.getHeaders()));
		SpanBuilder builder = tracer.spanBuilder(mapped.template() + " process", SpanKind.CONSUMER, parent);
		describe(tracer.attributes(builder), message, mapped);
		SpanContext handshake = HandshakeLink.of(message);
		if (handshake != null && !Span.fromContext(parent).getSpanContext().isValid()) {
			builder.addLink(handshake);
		}
		Span span = builder.startSpan();
		Handling handling = new Handling(tracer, span, tracers.contextOf(parent, span), handler);
		handling.open();
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
		Handling handling = current();
		if (handling != null && handling.handler == handler) {
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
		return Context.current().get(HANDLING);
	}

	/**
	 * A message on its way through a handler, on one thread.
	 */
	private static final class Handling {

		private final InstrumentationTracer tracer;

		private final Span span;

		private final Context context;

		private final MessageHandler handler;

		private Scope scope = Scope.noop();

		private @Nullable Throwable unhandled;

		private Handling(InstrumentationTracer tracer, Span span, Context context, MessageHandler handler) {
			this.tracer = tracer;
			this.span = span;
			this.context = context;
			this.handler = handler;
		}

		private void open() {
			this.scope = this.context.with(HANDLING, this).makeCurrent();
		}

		private void close(@Nullable Exception thrown) {
			this.scope.close();
			Throwable failure = (thrown != null) ? thrown : this.unhandled;
			if (failure != null) {
				this.tracer.fail(this.span, this.context, failure);
			}
			this.span.end();
		}

	}

}
