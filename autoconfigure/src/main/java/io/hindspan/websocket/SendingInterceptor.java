package io.hindspan.websocket;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
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
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Makes a PRODUCER span of each message that the application gives to the broker, once,
 * whatever the number of its subscribers.
 */
final class SendingInterceptor implements ChannelInterceptor {

	private static final ContextKey<Sending> SENDING = ContextKey.named("hindspan-stomp-sending");

	private static final Logger logger = LoggerFactory.getLogger(SendingInterceptor.class);

	private final ObjectProvider<InstrumentationTracers> tracers;

	private final boolean tellSubscribers;

	SendingInterceptor(ObjectProvider<InstrumentationTracers> tracers, boolean tellSubscribers) {
		this.tracers = tracers;
		this.tellSubscribers = tellSubscribers;
	}

	@Override
	public Message<?> preSend(Message<?> message, MessageChannel channel) {
		Sending outer = current();
		if (outer != null) {
			// A message to a user is sent once more, to the user's own destination
			outer.depth++;
			return message;
		}
		InstrumentationTracers tracers = this.tracers.getIfAvailable();
		String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
		if (tracers == null || destination == null
				|| SimpMessageHeaderAccessor.getMessageType(message.getHeaders()) != SimpMessageType.MESSAGE) {
			return message;
		}
		try {
			return begin(tracers, message, destination);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a message", ex);
			return message;
		}
	}

	private Message<?> begin(InstrumentationTracers tracers, Message<?> message, String destination) {
		Context parent = Context.current();
		InstrumentationTracer tracer = tracers.get(HandlingInterceptor.INSTRUMENTATION_SCOPE);
		if (tracer.leavesOut(parent)) {
			return this.tellSubscribers ? tell(tracers, parent, message) : message;
		}
		SpanBuilder builder = tracer.spanBuilder(firstPart(destination) + " publish", SpanKind.PRODUCER, parent);
		tracer.attributes(builder)
			.put(StompAttributes.SYSTEM, "stomp")
			.put(StompAttributes.DESTINATION, isOfAUser(destination) ? null : destination)
			.put(StompAttributes.OPERATION_TYPE, "send", "publish")
			.put(StompAttributes.OPERATION_NAME, "publish", null);
		Span span = builder.startSpan();
		Context context = tracers.contextOf(parent, span);
		Message<?> sent = this.tellSubscribers ? tell(tracers, context, message) : message;
		new Sending(tracer, span, context).open();
		return sent;
	}

	private static Message<?> tell(InstrumentationTracers tracers, Context context, Message<?> message) {
		SimpMessageHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message,
				SimpMessageHeaderAccessor.class);
		if (accessor != null && accessor.isMutable()) {
			tracers.inject(context, accessor::setNativeHeader);
			return message;
		}
		if (!(MessageHeaderAccessor.getMutableAccessor(message) instanceof SimpMessageHeaderAccessor copy)) {
			return message;
		}
		tracers.inject(context, copy::setNativeHeader);
		return MessageBuilder.createMessage(message.getPayload(), copy.getMessageHeaders());
	}

	/**
	 * A destination has ids in it and no template.
	 */
	private static String firstPart(String destination) {
		int slash = destination.indexOf('/', 1);
		return (slash > 0) ? destination.substring(0, slash) : destination;
	}

	private static boolean isOfAUser(String destination) {
		return destination.startsWith("/user/");
	}

	@Override
	public void afterSendCompletion(Message<?> message, MessageChannel channel, boolean sent,
			@Nullable Exception exception) {
		Sending sending = current();
		if (sending != null && --sending.depth == 0) {
			sending.close(exception);
		}
	}

	private static @Nullable Sending current() {
		return Context.current().get(SENDING);
	}

	/**
	 * A message on its way to the broker, on one thread.
	 */
	private static final class Sending {

		private final InstrumentationTracer tracer;

		private final Span span;

		private final Context context;

		private Scope scope = Scope.noop();

		private int depth = 1;

		private Sending(InstrumentationTracer tracer, Span span, Context context) {
			this.tracer = tracer;
			this.span = span;
			this.context = context;
		}

		private void open() {
			this.scope = this.context.with(SENDING, this).makeCurrent();
		}

		private void close(@Nullable Exception exception) {
			this.scope.close();
			if (exception != null) {
				this.tracer.fail(this.span, this.context, exception);
			}
			this.span.end();
		}

	}

}
