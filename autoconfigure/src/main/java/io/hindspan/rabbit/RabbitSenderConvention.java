package io.hindspan.rabbit;

import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageSenderContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Describes the sending of a message. With publisher confirms, too, the span ends when
 * the message is written: a confirm comes later, and to the application.
 */
final class RabbitSenderConvention implements SpanConvention<RabbitMessageSenderContext> {

	static final String SCOPE = "io.hindspan.rabbit";

	private static final String TRACE_STATE = "tracestate";

	private static final String DEFAULT_NAME_SUFFIX = " send";

	/** The key-values of Spring's own convention, all said by attributes or no news. */
	private static final Set<String> COVERED = Set.of("messaging.destination.name",
			"messaging.rabbitmq.destination.routing_key", "spring.rabbit.template.name");

	@Override
	public Class<RabbitMessageSenderContext> contextType() {
		return RabbitMessageSenderContext.class;
	}

	@Override
	public String instrumentationScope() {
		return SCOPE;
	}

	@Override
	public SpanKind kind(RabbitMessageSenderContext context) {
		return SpanKind.PRODUCER;
	}

	@Override
	public String nameAtStart(RabbitMessageSenderContext context) {
		return RabbitDestination.ofSend(context.getExchange(), context.getRoutingKey()) + " publish";
	}

	@Override
	public void attributesAtStart(RabbitMessageSenderContext context, SpanAttributes attributes) {
		String exchange = context.getExchange();
		String routingKey = context.getRoutingKey();
		attributes.put(RabbitAttributes.SYSTEM, "rabbitmq");
		attributes.put(RabbitAttributes.DESTINATION, RabbitDestination.ofSend(exchange, routingKey));
		attributes.put(RabbitAttributes.OPERATION_TYPE, "send", "publish");
		attributes.put(RabbitAttributes.OPERATION_NAME, "publish", null);
		if (exchange.isEmpty() && RabbitDestination.isTemporary(routingKey)) {
			attributes.put(RabbitAttributes.TEMPORARY, Boolean.TRUE);
		}
		else if (!routingKey.isEmpty()) {
			attributes.put(RabbitAttributes.ROUTING_KEY, routingKey);
		}
		Message message = context.getCarrier();
		if (message != null) {
			attributes.put(RabbitAttributes.MESSAGE_ID, message.getMessageProperties().getMessageId());
			attributes.put(RabbitAttributes.BODY_SIZE, message.getBody().length);
		}
	}

	@Override
	public TextMapSetter<Object> setter(RabbitMessageSenderContext context) {
		return HeaderSetter.INSTANCE;
	}

	@Override
	public void started(RabbitMessageSenderContext context, Span span) {
		Message message = context.getCarrier();
		if (message != null && span.getSpanContext().isValid()) {
			removeStaleState(message.getMessageProperties(), span.getSpanContext());
		}
	}

	/**
	 * A message that is forwarded may bring the state of the trace that it came in, which
	 * the new headers do not overwrite where the new trace has none.
	 */
	static void removeStaleState(MessageProperties properties, SpanContext spanContext) {
		if (spanContext.getTraceState().isEmpty()) {
			properties.getHeaders().remove(TRACE_STATE);
		}
	}

	@Override
	public @Nullable String nameAtEnd(RabbitMessageSenderContext context) {
		return NameOfApplication.of(context.getContextualName(), context.getDestination(), DEFAULT_NAME_SUFFIX);
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

	private enum HeaderSetter implements TextMapSetter<Object> {

		INSTANCE;

		@Override
		public void set(@Nullable Object carrier, String key, String value) {
			if (carrier instanceof Message message) {
				message.getMessageProperties().setHeader(key, value);
			}
		}

	}

}
