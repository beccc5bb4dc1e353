package io.hindspan.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaUtils;

import io.hindspan.CurrentSpan.VoidWork;
import io.hindspan.CurrentSpan.Work;
import io.hindspan.core.FaultGuard;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Continues the trace of each record of a batch, where a batch listener processes them
 * one by one. A bean to inject, which is there also where tracing is off. Thread-safe.
 *
 * <pre class="code">
 * &#64;KafkaListener(topics = "tasks", batch = "true")
 * void process(List&lt;ConsumerRecord&lt;String, Task&gt;&gt; records) {
 *     for (ConsumerRecord&lt;String, Task&gt; record : records) {
 *         tracing.processRun(record, () -&gt; index(record.value()));
 *     }
 * }
 * </pre>
 *
 * The record's span is the one that a record listener would have: a CONSUMER span in the
 * trace of the record, beneath the span that sent it. It is linked to the span of the
 * batch.
 */
public final class KafkaBatchTracing {

	private final FaultGuard guard = new FaultGuard("a record of a batch of Kafka");

	private final @Nullable InstrumentationTracers tracers;

	KafkaBatchTracing(@Nullable InstrumentationTracers tracers) {
		this.tracers = tracers;
	}

	/**
	 * Processes a record in a span of its own.
	 * @param record the record
	 * @param work the code
	 * @param <T> the type of the result
	 * @param <E> the type of what the code throws
	 * @return what the code returned
	 * @throws E what the code threw, unchanged
	 */
	public <T extends @Nullable Object, E extends Throwable> T process(ConsumerRecord<?, ?> record, Work<T, E> work)
			throws E {
		return OpenSpan.run(this.guard, () -> begin(record), work::run);
	}

	private @Nullable OpenSpan begin(ConsumerRecord<?, ?> record) {
		InstrumentationTracers tracers = this.tracers;
		if (tracers == null) {
			return null;
		}
		InstrumentationTracer tracer = tracers.get(KafkaSenderConvention.SCOPE);
		Context parent = LastHeaderGetter.extract(tracers, Context.root(), record.headers());
		SpanBuilder builder = tracer.spanBuilder(record.topic() + KafkaReceiverConvention.DEFAULT_NAME_SUFFIX,
				SpanKind.CONSUMER, parent);
		SpanContext batch = Span.current().getSpanContext();
		if (batch.isValid()) {
			builder.addLink(batch);
		}
		SpanAttributes attributes = tracer.attributes(builder);
		KafkaReceiverConvention.describeStart(record.topic(), KafkaUtils.getConsumerGroupId(), attributes);
		KafkaReceiverConvention.describeRecord(record, attributes);
		Span span = builder.startSpan();
		return tracer.open(span, tracers.contextOf(parent, span));
	}

	/**
	 * Processes a record without a result in a span of its own.
	 * @param record the record
	 * @param work the code
	 * @param <E> the type of what the code throws
	 * @throws E what the code threw, unchanged
	 */
	public <E extends Throwable> void processRun(ConsumerRecord<?, ?> record, VoidWork<E> work) throws E {
		this.<@Nullable Void, E>process(record, () -> {
			work.run();
			return null;
		});
	}

}
