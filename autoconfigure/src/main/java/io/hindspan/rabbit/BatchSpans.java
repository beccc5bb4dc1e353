package io.hindspan.rabbit;

import java.util.List;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.AmqpHeaders;

import io.hindspan.span.SpanAttributes;

/**
 * Makes the span of each batch that a listener gets as a list, and tells the size of one
 * that it gets message by message. The first advice of a container, so that its retries
 * are within.
 */
final class BatchSpans implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(BatchSpans.class);

	private final Supplier<MessageSpans> spans;

	private final Supplier<Redeliveries> redeliveries;

	private final Supplier<ListenerContainers> containers;

	BatchSpans(Supplier<MessageSpans> spans, Supplier<Redeliveries> redeliveries,
			Supplier<ListenerContainers> containers) {
		this.spans = spans;
		this.redeliveries = redeliveries;
		this.containers = containers;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object data = invocation.getArguments()[1];
		if (data instanceof Message message) {
			if (message.getMessageProperties().isLastInBatch()) {
				tellSize(message.getMessageProperties());
			}
		}
		else if (!messages(data).isEmpty()) {
			return process(messages(data), invocation);
		}
		return invocation.proceed();
	}

	@SuppressWarnings("unchecked")
	private static List<Message> messages(@Nullable Object data) {
		return (data instanceof List<?> list) ? (List<Message>) list : List.of();
	}

	private void tellSize(MessageProperties properties) {
		Span span = Span.current();
		if (span.isRecording() && properties.getHeaders().get(AmqpHeaders.BATCH_SIZE) instanceof Number size) {
			this.spans.get().tracer().attributes(span).put(RabbitAttributes.BATCH_MESSAGE_COUNT, size.longValue());
		}
	}

	private @Nullable Object process(List<Message> messages, MethodInvocation invocation) throws Throwable {
		Redelivery redelivery = this.redeliveries.get().of(messages);
		MessageSpans spans = this.spans.get();
		Span span = start(messages, redelivery, spans);
		Context context = spans.contextOf(Context.root(), span);
		try (Scope scope = context.makeCurrent()) {
			Object result = invocation.proceed();
			if (redelivery != null) {
				this.redeliveries.get().succeeded(messages);
			}
			return result;
		}
		catch (Throwable ex) {
			if (span.isRecording()) {
				failed(messages, ex, spans.tracer().attributes(span));
				spans.tracer().fail(span, context, ListenerFailure.of(ex));
			}
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private static Span start(List<Message> messages, @Nullable Redelivery redelivery, MessageSpans spans) {
		SpanBuilder builder = spans.ofBatch(messages, Context.root());
		if (redelivery != null) {
			redelivery.describe(spans.tracer().attributes(builder), RetryLimit.UNKNOWN);
		}
		return builder.startSpan();
	}

	private void failed(List<Message> messages, Throwable thrown, SpanAttributes attributes) {
		try {
			DeliveryOutcome outcome = DeliveryOutcome.beforeErrorHandler(thrown,
					this.containers.get().ofQueue(messages.get(0).getMessageProperties().getConsumerQueue()));
			attributes.put(RabbitAttributes.OUTCOME, (outcome != null) ? outcome.toString() : null);
			this.redeliveries.get().failed(messages, outcome, ListenerFailure.of(thrown));
		}
		catch (RuntimeException ex) {
			logger.debug("What becomes of a batch is not known", ex);
		}
	}

}
