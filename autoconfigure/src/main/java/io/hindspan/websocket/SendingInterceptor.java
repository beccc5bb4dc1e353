package io.hindspan.websocket;

import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.OpenSpan;

/**
 * Makes a PRODUCER span of each message that the application gives to the broker, once,
 * whatever the number of its subscribers.
 */
final class SendingInterceptor implements ChannelInterceptor {

	private static final ContextKey<Sending> SENDING = ContextKey.named("hindspan-stomp-sending");

	private final FaultGuard guard = new FaultGuard("a message to the broker");

	private final Supplier<@Nullable InstrumentationTracers> tracers;

	private final boolean tellSubscribers;

	SendingInterceptor(Supplier<@Nullable InstrumentationTracers> tracers, boolean tellSubscribers) {
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
		Message<?> sent = this.guard.get(() -> begin(message));
		return (sent != null) ? sent : message;
	}

	private Message<?> begin(Message<?> message) {
		InstrumentationTracers tracers = this.tracers.get();
		String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
		if (tracers == null || destination == null
				|| SimpMessageHeaderAccessor.getMessageType(message.getHeaders()) != SimpMessageType.MESSAGE) {
			return message;
		}
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
		new Sending().open(tracer, span, context);
		return this.tellSubscribers ? tell(tracers, context, message) : message;
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
		Sending sending = Context.current().get(SENDING);
		return (sending != null && sending.isHere()) ? sending : null;
	}

	/**
	 * A message on its way to the broker. The context that tells of it may be carried to
	 * other threads, which send messages of their own.
	 */
	private static final class Sending {

		private final Thread owner = Thread.currentThread();

		private @Nullable OpenSpan span;

		private int depth = 1;

		private void open(InstrumentationTracer tracer, Span span, Context context) {
			this.span = tracer.open(span, context.with(SENDING, this));
		}

		private boolean isHere() {
			return this.owner == Thread.currentThread() && this.depth > 0;
		}

		private void close(@Nullable Exception exception) {
			if (this.span != null) {
				if (exception != null) {
					this.span.fail(exception);
				}
				this.span.end();
			}
		}

	}

}
