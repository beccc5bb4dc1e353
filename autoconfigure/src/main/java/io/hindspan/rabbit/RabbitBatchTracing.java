package io.hindspan.rabbit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;

import io.hindspan.CurrentSpan.VoidWork;
import io.hindspan.CurrentSpan.Work;
import io.hindspan.core.FaultGuard;
import io.hindspan.span.OpenSpan;

/**
 * Continues the trace of each message of a batch, where a batch listener processes them
 * one by one. A bean to inject, which is there also where tracing is off. Thread-safe.
 *
 * <pre class="code">
 * &#64;RabbitListener(queues = "tasks", batch = "true")
 * void index(List&lt;Message&gt; messages) {
 *     messages.forEach((message) -&gt; tracing.processRun(message, () -&gt; index(message)));
 * }
 * </pre>
 *
 * The message's span is the one that another listener would have: a CONSUMER span in the
 * trace of the message, beneath the span that sent it. It is linked to the span of the
 * batch. So is the processing of a message that {@code RabbitTemplate.receive} got.
 */
public final class RabbitBatchTracing {

	private final FaultGuard guard = new FaultGuard("a message of a batch of RabbitMQ");

	private final @Nullable MessageSpans spans;

	private final @Nullable Redeliveries redeliveries;

	RabbitBatchTracing(@Nullable MessageSpans spans, @Nullable Redeliveries redeliveries) {
		this.spans = spans;
		this.redeliveries = redeliveries;
	}

	/**
	 * Processes one message in a span of its own, with the baggage of the message.
	 * @param message the message
	 * @param work what is done with it
	 * @param <T> the type of the result
	 * @param <E> the type of what the work throws
	 * @return what the work returned
	 * @throws E what the work threw, unchanged
	 */
	public <T extends @Nullable Object, E extends Throwable> T process(Message message, Work<T, E> work) throws E {
		return OpenSpan.run(this.guard, () -> begin(message), work::run);
	}

	private @Nullable OpenSpan begin(Message message) {
		MessageSpans spans = this.spans;
		if (spans == null) {
			return null;
		}
		Context current = Context.current();
		Context sent = spans.sent(message);
		boolean continues = Span.fromContext(sent).getSpanContext().isValid();
		Context parent = continues ? sent : current;
		if (spans.tracer().leavesOut(parent)) {
			return spans.tracer().open(Span.getInvalid(), parent);
		}
		SpanBuilder builder = spans.ofMessage(message, "process", parent);
		SpanContext batch = Span.fromContext(current).getSpanContext();
		if (continues && batch.isValid()) {
			builder.addLink(batch);
		}
		Redelivery redelivery = (this.redeliveries != null) ? this.redeliveries.of(message) : null;
		if (redelivery != null) {
			redelivery.describe(spans.tracer().attributes(builder), RetryLimit.UNKNOWN);
		}
		return spans.open(builder, parent);
	}

	/**
	 * Processes one message, without a result, in a span of its own.
	 * @param message the message
	 * @param work what is done with it
	 * @param <E> the type of what the work throws
	 * @throws E what the work threw, unchanged
	 */
	public <E extends Throwable> void processRun(Message message, VoidWork<E> work) throws E {
		this.<@Nullable Void, E>process(message, () -> {
			work.run();
			return null;
		});
	}

}
