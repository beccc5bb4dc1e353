package io.hindspan.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;
import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Follows each record from its delivery to the end of what the error handler makes of it.
 * The observation ends with the listener's work: the span of a failed attempt is ended
 * with that time, but only when its outcome is known.
 */
final class RecordDeliveries {

	private final ConsumerThreads threads;

	private final FailedDeliveries failures;

	private final ListenerContainers containers;

	private final FailureOutcomes outcomes;

	private final TraceBounds bounds;

	private final InstrumentationTracers tracers;

	RecordDeliveries(ConsumerThreads threads, FailedDeliveries failures, ListenerContainers containers,
			TraceBounds bounds, InstrumentationTracers tracers) {
		this.threads = threads;
		this.failures = failures;
		this.containers = containers;
		this.outcomes = new FailureOutcomes(containers);
		this.bounds = bounds;
		this.tracers = tracers;
	}

	/**
	 * The attempt that was told by {@link #begin}.
	 * @return the attempt, or {@code null} for a first one
	 */
	static @Nullable Attempt attempt(KafkaRecordReceiverContext context) {
		return context.get(Attempt.class);
	}

	void enter() {
		this.threads.enter();
	}

	void leave() {
		endUnsettled();
		this.threads.leave();
	}

	void begin(KafkaRecordReceiverContext context) {
		ConsumerRecord<?, ?> record = context.getRecord();
		Attempt attempt = Attempt.of(record, this.failures.before(context.getGroupId(), record), this.containers,
				context.getListenerId());
		if (attempt != null) {
			context.put(Attempt.class, attempt);
		}
	}

	boolean exceedsTrace(KafkaRecordReceiverContext context) {
		Attempt attempt = attempt(context);
		return attempt != null && this.bounds.exceededBy(attempt, context.getRecord());
	}

	/**
	 * A thread that processes a batch is not here for a record: it may be that Spring
	 * Kafka observes the records of the batch, before the listener gets them.
	 */
	private boolean isInBatch() {
		Processing processing = this.threads.current();
		return processing != null && processing.isBatch();
	}

	void started(KafkaRecordReceiverContext context, Span span) {
		if (this.threads.isEntered() && !isInBatch()) {
			endUnsettled();
			this.threads.set(new Processing(context, span));
		}
	}

	/**
	 * Whether the span of a failed attempt is ended by {@link #after}, which the
	 * container calls on this thread.
	 */
	boolean endsLater(KafkaRecordReceiverContext context) {
		if (isInBatch()) {
			return false;
		}
		Throwable error = context.getError();
		if (error == null) {
			this.failures.settled(context.getGroupId(), context.getRecord());
			return false;
		}
		Processing processing = this.threads.current();
		if (processing == null || !processing.isOf(context)) {
			// A listener that answers later, on a thread of its own
			this.failures.failed(context.getGroupId(), context.getRecord(), error);
			return false;
		}
		processing.workIsOver();
		processing.described();
		return true;
	}

	/**
	 * Called when the listener has returned, which does not say that the work of a
	 * listener that answers later is over: what is recorded says it itself.
	 */
	void succeeded(@Nullable String group, ConsumerRecord<?, ?> record) {
		Processing processing = this.threads.current();
		if (processing == null || !processing.span().getSpanContext().isSampled()) {
			this.failures.settled(group, record);
			return;
		}
		KafkaRecordReceiverContext context = processing.subject(KafkaRecordReceiverContext.class);
		Throwable error = (context != null && processing.isDescribed()) ? context.getError() : null;
		if (error != null) {
			// It answered with a future that had failed already
			this.failures.failed(group, record, error);
		}
	}

	void failed(@Nullable String group, ConsumerRecord<?, ?> record, Exception exception) {
		if (ListenerFailures.isBackOff(exception)) {
			return;
		}
		this.failures.failed(group, record, exception);
		Processing processing = this.threads.current();
		if (processing != null) {
			processing.failed(exception);
			processing.workIsOver();
		}
	}

	/**
	 * Called after the error handler.
	 */
	void after(ConsumerRecord<?, ?> record, Consumer<?, ?> consumer) {
		Processing processing = this.threads.current();
		KafkaRecordReceiverContext context = (processing != null) ? processing.subject(KafkaRecordReceiverContext.class)
				: null;
		if (processing == null || context == null) {
			return;
		}
		try {
			if (processing.failure() != null && processing.span().isRecording()) {
				describeUnlessDone(processing, context, processing.failure());
				String outcome = this.outcomes.ofRecord(record, context.getListenerId(), processing.publishedTo(),
						consumer);
				tracer().attributes(processing.span()).put(KafkaAttributes.OUTCOME, outcome);
			}
		}
		finally {
			endUnsettled();
		}
	}

	/**
	 * Spring Kafka leaves an observation open where a record never comes to the adapter
	 * of an annotated method, which would have stopped it: one that could not be
	 * deserialised, or that an interceptor has failed for.
	 */
	private void describeUnlessDone(Processing processing, KafkaRecordReceiverContext context, Throwable failure) {
		if (!processing.isDescribed()) {
			SpanAttributes attributes = tracer().attributes(processing.span());
			KafkaReceiverConvention.describeEnd(context, attributes);
			attributes.put(KafkaAttributes.LISTENER_ID, context.getListenerId());
			tracer().fail(processing.span(), contextOf(processing), ListenerFailures.thrownByListener(failure));
		}
	}

	private InstrumentationTracer tracer() {
		return this.tracers.get(KafkaSenderConvention.SCOPE);
	}

	private Context contextOf(Processing processing) {
		return this.tracers.contextOf(Context.root(), processing.span());
	}

	/**
	 * Ends a failed attempt's span, whatever is known of it.
	 */
	private void endUnsettled() {
		Processing processing = this.threads.current();
		if (processing != null) {
			this.threads.set(null);
			processing.endSpan();
		}
	}

	/**
	 * The parent of a record that is sent where no span is current: what is published by
	 * an error handler after a rollback, or for the records of a batch.
	 * @return the failed attempt, else the trace that the record came in, else what was
	 * found
	 */
	Context parentOfDeadLetter(KafkaRecordSenderContext context, Context found) {
		Processing processing = this.threads.current();
		if (processing != null && processing.failure() != null
				&& processing.subject(KafkaRecordReceiverContext.class) != null) {
			return contextOf(processing);
		}
		ProducerRecord<?, ?> record = context.getRecord();
		return RetryHeaders.isPublishedByRecoverer(record.headers())
				? LastHeaderGetter.extract(this.tracers, found, record.headers()) : found;
	}

	/**
	 * Notes that a record is sent, in case it is the one that has failed.
	 */
	void published(KafkaRecordSenderContext context) {
		Processing processing = this.threads.current();
		if (processing != null && processing.failure() != null) {
			ProducerRecord<?, ?> sent = context.getRecord();
			KafkaRecordReceiverContext received = processing.subject(KafkaRecordReceiverContext.class);
			boolean sameValue = received != null && sent.value() != null
					&& sent.value() == received.getRecord().value();
			if (sameValue || RetryHeaders.isPublishedByRecoverer(sent.headers())) {
				processing.published(context);
			}
		}
	}

}
