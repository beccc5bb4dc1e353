package io.hindspan.rabbit;

import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
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

	private final Redeliveries redeliveries;

	private final ListenerContainers containers;

	RabbitReceiverConvention(Redeliveries redeliveries, ListenerContainers containers) {
		this.redeliveries = redeliveries;
		this.containers = containers;
	}

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
		Redelivery redelivery = context.get(Redelivery.class);
		if (redelivery != null) {
			AbstractMessageListenerContainer container = this.containers.ofListener(context.getListenerId());
			redelivery.describe(attributes, (container != null)
					? RetryLimit.ofRedeliveries(ListenerContainers.advices(container)) : RetryLimit.UNKNOWN);
		}
	}

	/**
	 * The first to be asked: whether the trace of the message is continued depends on the
	 * attempts that it has seen.
	 */
	@Override
	public TextMapGetter<Object> getter(RabbitMessageReceiverContext context) {
		Redelivery redelivery = this.redeliveries.of(context.getCarrier());
		if (redelivery == null) {
			return HeaderGetter.INSTANCE;
		}
		context.put(Redelivery.class, redelivery);
		return redelivery.startsTrace() ? BaggageGetter.INSTANCE : HeaderGetter.INSTANCE;
	}

	@Override
	public void started(RabbitMessageReceiverContext context, Span span) {
		Redelivery redelivery = context.get(Redelivery.class);
		if (redelivery != null && redelivery.startsTrace()) {
			span.addLink(redelivery.producer());
		}
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
		Redelivery redelivery = context.get(Redelivery.class);
		if (context.getError() != null) {
			DeliveryOutcome outcome = outcome(context, context.getError(), redelivery);
			attributes.put(RabbitAttributes.OUTCOME, (outcome != null) ? outcome.toString() : null);
			this.redeliveries.failed(message, redelivery, outcome, ListenerFailure.of(context.getError()));
		}
		else if (redelivery != null) {
			this.redeliveries.succeeded(redelivery);
		}
	}

	private @Nullable DeliveryOutcome outcome(RabbitMessageReceiverContext context, Throwable thrown,
			@Nullable Redelivery redelivery) {
		DeliveryOutcome outcome = DeliveryOutcome.of(thrown, this.containers.ofListener(context.getListenerId()));
		return (outcome == DeliveryOutcome.DISCARD && redelivery != null)
				? DeliveryOutcome.recovered(context.getCarrier(), redelivery.republishing()) : outcome;
	}

	/**
	 * What the listener threw, not the container's wrapping of it.
	 */
	@Override
	public SpanOutcome outcome(RabbitMessageReceiverContext context) {
		Throwable error = context.getError();
		return SpanOutcome.of((error != null) ? ListenerFailure.of(error) : null);
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
