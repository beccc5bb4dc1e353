package io.hindspan.rabbit;

import java.util.List;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.AmqpHeaders;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Makes the span of each batch that a listener gets as a list, and tells the size of one
 * that it gets message by message. The first advice of a container, so that its retries
 * are within. For a fault of ours the broker would deliver again what was processed: none
 * gets to the container.
 */
final class BatchSpans implements MethodInterceptor {

	private final FaultGuard guard;

	private final Supplier<MessageSpans> spans;

	private final Supplier<Redeliveries> redeliveries;

	private final Supplier<ListenerContainers> containers;

	BatchSpans(FaultGuard guard, Supplier<MessageSpans> spans, Supplier<Redeliveries> redeliveries,
			Supplier<ListenerContainers> containers) {
		this.guard = guard;
		this.spans = spans;
		this.redeliveries = redeliveries;
		this.containers = containers;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object data = invocation.getArguments()[1];
		if (data instanceof Message message) {
			this.guard.run(() -> tellSize(message.getMessageProperties()));
		}
		List<Message> messages = messages(data);
		Delivery delivery = messages.isEmpty() ? null : this.guard.get(() -> begin(messages));
		return (delivery != null) ? process(delivery, invocation) : invocation.proceed();
	}

	@SuppressWarnings("unchecked")
	private static List<Message> messages(@Nullable Object data) {
		return (data instanceof List<?> list) ? (List<Message>) list : List.of();
	}

	private void tellSize(MessageProperties properties) {
		Span span = Span.current();
		if (properties.isLastInBatch() && span.isRecording()
				&& properties.getHeaders().get(AmqpHeaders.BATCH_SIZE) instanceof Number size) {
			this.spans.get().tracer().attributes(span).put(RabbitAttributes.BATCH_MESSAGE_COUNT, size.longValue());
		}
	}

	private Delivery begin(List<Message> messages) {
		Redelivery redelivery = this.redeliveries.get().of(messages);
		MessageSpans spans = this.spans.get();
		SpanBuilder builder = spans.ofBatch(messages, Context.root());
		if (redelivery != null) {
			redelivery.describe(spans.tracer().attributes(builder), RetryLimit.UNKNOWN);
		}
		return new Delivery(messages, redelivery != null, spans.open(builder, Context.root()));
	}

	private @Nullable Object process(Delivery delivery, MethodInvocation invocation) throws Throwable {
		try {
			Object result = invocation.proceed();
			if (delivery.again()) {
				this.guard.run(() -> this.redeliveries.get().succeeded(delivery.messages()));
			}
			return result;
		}
		catch (Throwable ex) {
			if (delivery.span().isRecording()) {
				this.guard.run(() -> failed(delivery.messages(), ex, delivery.span().attributes()));
				delivery.span().fail(ListenerFailure.of(ex));
			}
			throw ex;
		}
		finally {
			delivery.span().end();
		}
	}

	private void failed(List<Message> messages, Throwable thrown, SpanAttributes attributes) {
		DeliveryOutcome outcome = DeliveryOutcome.beforeErrorHandler(thrown,
				this.containers.get().ofQueue(messages.get(0).getMessageProperties().getConsumerQueue()));
		attributes.put(RabbitAttributes.OUTCOME, (outcome != null) ? outcome.toString() : null);
		this.redeliveries.get().failed(messages, outcome, ListenerFailure.of(thrown));
	}

	/**
	 * A batch on its way through a listener.
	 *
	 * @param messages its messages
	 * @param again whether one of them was delivered before
	 * @param span its span
	 */
	private record Delivery(List<Message> messages, boolean again, OpenSpan span) {

	}

}
