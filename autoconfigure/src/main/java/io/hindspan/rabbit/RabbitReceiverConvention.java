package io.hindspan.rabbit;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import com.rabbitmq.client.LongString;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.ListenerExecutionFailedException;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageReceiverContext;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the processing of a message by a listener.
 */
final class RabbitReceiverConvention implements SpanConvention<RabbitMessageReceiverContext> {

	private static final String PROCESS = "process";

	private static final String DEFAULT_NAME_SUFFIX = " receive";

	/**
	 * The key-values of Spring's own convention that attributes say. The listener's id
	 * stays.
	 */
	private static final Set<String> COVERED = Set.of("messaging.destination.name",
			"messaging.rabbitmq.message.delivery_tag");

	@Override
	public Class<RabbitMessageReceiverContext> contextType() {
		return RabbitMessageReceiverContext.class;
	}

	@Override
	public String instrumentationScope() {
		return RabbitSenderConvention.SCOPE;
	}

	@Override
	public SpanKind kind(RabbitMessageReceiverContext context) {
		return SpanKind.CONSUMER;
	}

	@Override
	public String nameAtStart(RabbitMessageReceiverContext context) {
		return destination(context) + " process";
	}

	private String destination(RabbitMessageReceiverContext context) {
		MessageProperties properties = context.getCarrier().getMessageProperties();
		return RabbitDestination.ofDelivery(properties.getReceivedExchange(), properties.getReceivedRoutingKey(),
				properties.getConsumerQueue());
	}

	@Override
	public void attributesAtStart(RabbitMessageReceiverContext context, SpanAttributes attributes) {
		MessageProperties properties = context.getCarrier().getMessageProperties();
		attributes.put(RabbitAttributes.SYSTEM, "rabbitmq");
		attributes.put(RabbitAttributes.DESTINATION, destination(context));
		attributes.put(RabbitAttributes.OPERATION_TYPE, PROCESS);
		attributes.put(RabbitAttributes.OPERATION_NAME, PROCESS, null);
		String queue = properties.getConsumerQueue();
		if (queue != null && RabbitDestination.isTemporary(queue)) {
			attributes.put(RabbitAttributes.TEMPORARY, Boolean.TRUE);
		}
		String routingKey = properties.getReceivedRoutingKey();
		if (routingKey != null && !routingKey.isEmpty() && !RabbitDestination.isTemporary(routingKey)) {
			attributes.put(RabbitAttributes.ROUTING_KEY, routingKey);
		}
	}

	@Override
	public TextMapGetter<Object> getter(RabbitMessageReceiverContext context) {
		return HeaderGetter.INSTANCE;
	}

	@Override
	public @Nullable String nameAtEnd(RabbitMessageReceiverContext context) {
		return NameOfApplication.of(context.getContextualName(), context.getSource(), DEFAULT_NAME_SUFFIX);
	}

	@Override
	public void attributesAtEnd(RabbitMessageReceiverContext context, SpanAttributes attributes) {
		Message message = context.getCarrier();
		MessageProperties properties = message.getMessageProperties();
		attributes.put(RabbitAttributes.MESSAGE_ID, properties.getMessageId());
		attributes.put(RabbitAttributes.DELIVERY_TAG, properties.getDeliveryTag());
		attributes.put(RabbitAttributes.BODY_SIZE, message.getBody().length);
	}

	/**
	 * What the listener threw, not the container's wrapping of it.
	 */
	@Override
	public SpanOutcome outcome(RabbitMessageReceiverContext context) {
		Throwable error = context.getError();
		while (error instanceof ListenerExecutionFailedException && error.getCause() != null) {
			error = error.getCause();
		}
		return SpanOutcome.of(error);
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

	/**
	 * Reads headers of every type that a text can arrive in: the client keeps a long one
	 * as {@link LongString}, and other clients send bytes. A header that is longer than
	 * any format allows is not read.
	 */
	private enum HeaderGetter implements TextMapGetter<Object> {

		INSTANCE;

		private static final int MAX_LENGTH = 8192;

		@Override
		public Iterable<String> keys(Object carrier) {
			return ((Message) carrier).getMessageProperties().getHeaders().keySet();
		}

		@Override
		public @Nullable String get(@Nullable Object carrier, String key) {
			if (!(carrier instanceof Message message)) {
				return null;
			}
			Object value = message.getMessageProperties().getHeaders().get(key);
			if (value instanceof String text) {
				return (text.length() <= MAX_LENGTH) ? text : null;
			}
			if (value instanceof LongString text) {
				return (text.length() <= MAX_LENGTH) ? text.toString() : null;
			}
			if (value instanceof byte[] bytes) {
				return (bytes.length <= MAX_LENGTH) ? new String(bytes, StandardCharsets.UTF_8) : null;
			}
			return null;
		}

	}

}
