package io.hindspan.rabbit;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Builds the spans of a consumer that Spring AMQP does not observe. Thread-safe.
 */
final class MessageSpans {

	private static final String PROCESS = "process";

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final int maxLinks;

	MessageSpans(InstrumentationTracers tracers, int maxLinks) {
		this.tracers = tracers;
		this.tracer = tracers.get(RabbitSenderConvention.SCOPE);
		this.maxLinks = maxLinks;
	}

	InstrumentationTracer tracer() {
		return this.tracer;
	}

	/**
	 * Starts a span and makes it current.
	 * @param builder the span's builder
	 * @param parent the context of the parent
	 * @return the open span
	 */
	OpenSpan open(SpanBuilder builder, Context parent) {
		Span span = builder.startSpan();
		return this.tracer.open(span, this.tracers.contextOf(parent, span));
	}

	/**
	 * The context that a message brings.
	 * @param message the message
	 * @return the sender's span and baggage
	 */
	Context sent(Message message) {
		return this.tracers.extract(Context.root(), (header) -> HeaderGetter.INSTANCE.get(message, header));
	}

	/**
	 * A span for several messages, linked to the span of each sender.
	 * @param messages the messages, at least one
	 * @param parent the context of the parent
	 * @return the builder
	 */
	SpanBuilder ofBatch(List<Message> messages, Context parent) {
		String destination = destination(messages);
		SpanBuilder builder = consumer(destination, PROCESS, parent);
		SpanAttributes attributes = this.tracer.attributes(builder);
		attributes.put(RabbitAttributes.BATCH_MESSAGE_COUNT, messages.size());
		Set<SpanContext> senders = senders(messages);
		senders.stream().limit(this.maxLinks).forEach(builder::addLink);
		if (senders.size() > this.maxLinks) {
			attributes.put(RabbitAttributes.DROPPED_LINKS, senders.size() - this.maxLinks);
		}
		return builder;
	}

	/**
	 * A span for one message.
	 * @param message the message
	 * @param operation what is done with it
	 * @param parent the context of the parent
	 * @return the builder
	 */
	SpanBuilder ofMessage(Message message, String operation, Context parent) {
		MessageProperties properties = message.getMessageProperties();
		SpanBuilder builder = consumer(destination(List.of(message)), operation, parent);
		String routingKey = properties.getReceivedRoutingKey();
		SpanAttributes attributes = this.tracer.attributes(builder);
		if (routingKey != null && !routingKey.isEmpty() && !RabbitDestination.isTemporary(routingKey)) {
			attributes.put(RabbitAttributes.ROUTING_KEY, routingKey);
		}
		attributes.put(RabbitAttributes.MESSAGE_ID, properties.getMessageId());
		attributes.put(RabbitAttributes.BODY_SIZE, message.getBody().length);
		return builder;
	}

	private SpanBuilder consumer(@Nullable String destination, String operation, Context parent) {
		SpanBuilder builder = this.tracer.spanBuilder((destination != null) ? destination + ' ' + operation : operation,
				SpanKind.CONSUMER, parent);
		this.tracer.attributes(builder)
			.put(RabbitAttributes.SYSTEM, "rabbitmq")
			.put(RabbitAttributes.DESTINATION, destination)
			.put(RabbitAttributes.OPERATION_TYPE, PROCESS)
			.put(RabbitAttributes.OPERATION_NAME, operation, null);
		return builder;
	}

	private Set<SpanContext> senders(List<Message> messages) {
		Set<SpanContext> senders = new LinkedHashSet<>();
		MessageProperties last = null;
		for (Message message : messages) {
			// All messages of a sender's batch but the last one have the same properties
			if (message.getMessageProperties() != last) {
				last = message.getMessageProperties();
				SpanContext sender = Span.fromContext(sent(message)).getSpanContext();
				if (sender.isValid()) {
					senders.add(sender);
				}
			}
		}
		return senders;
	}

	/**
	 * What the destinations of all messages have in common.
	 */
	private static @Nullable String destination(List<Message> messages) {
		String exchange = common(messages, MessageProperties::getReceivedExchange);
		String routingKey = common(messages, MessageProperties::getReceivedRoutingKey);
		String queue = common(messages, MessageProperties::getConsumerQueue);
		return (exchange == null && routingKey == null && queue == null) ? null
				: RabbitDestination.ofDelivery(exchange, routingKey, queue);
	}

	private static @Nullable String common(List<Message> messages,
			Function<MessageProperties, @Nullable String> property) {
		String first = property.apply(messages.get(0).getMessageProperties());
		for (Message message : messages) {
			if (!Objects.equals(first, property.apply(message.getMessageProperties()))) {
				return null;
			}
		}
		return first;
	}

}
