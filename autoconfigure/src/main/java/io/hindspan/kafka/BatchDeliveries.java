package io.hindspan.kafka;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.BatchListenerFailedException;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a span for each delivery of a batch, current while the listener works, with links
 * to the spans that sent its records.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">
 * Messaging spans</a>
 */
final class BatchDeliveries {

	private final ConsumerThreads threads;

	private final FailedDeliveries failures;

	private final ListenerContainers containers;

	private final FailureOutcomes outcomes;

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	BatchDeliveries(ConsumerThreads threads, FailedDeliveries failures, ListenerContainers containers,
			InstrumentationTracers tracers) {
		this.threads = threads;
		this.failures = failures;
		this.containers = containers;
		this.outcomes = new FailureOutcomes(containers);
		this.tracers = tracers;
		this.tracer = tracers.get(KafkaSenderConvention.SCOPE);
	}

	void begin(ConsumerRecords<?, ?> records, @Nullable String group, Consumer<?, ?> consumer) {
		this.threads.enter();
		ConsumerRecord<?, ?> first = records.iterator().next();
		settle(group, first, consumer);
		Set<TopicPartition> partitions = records.partitions();
		String topic = onlyTopic(partitions);
		SpanBuilder builder = this.tracer.spanBuilder(
				(topic != null) ? topic + KafkaReceiverConvention.DEFAULT_NAME_SUFFIX : KafkaReceiverConvention.PROCESS,
				SpanKind.CONSUMER, Context.root());
		SpanAttributes attributes = this.tracer.attributes(builder);
		KafkaReceiverConvention.describeStart(topic, group, attributes);
		if (partitions.size() == 1) {
			attributes.put(KafkaAttributes.PARTITION, Integer.toString(partitions.iterator().next().partition()));
		}
		attributes.put(KafkaAttributes.BATCH_COUNT, (long) records.count());
		Attempt attempt = Attempt.of(first, this.failures.before(group, first), this.containers, null);
		if (attempt != null) {
			attempt.writeTo(attributes);
		}
		link(builder, records);
		Span span = builder.startSpan();
		Processing processing = new Processing(records, span);
		this.threads.set(processing);
		processing.opened(this.tracers.contextOf(Context.root(), span).makeCurrent());
	}

	private static @Nullable String onlyTopic(Set<TopicPartition> partitions) {
		String only = null;
		for (TopicPartition partition : partitions) {
			if (only != null && !only.equals(partition.topic())) {
				return null;
			}
			only = partition.topic();
		}
		return only;
	}

	/**
	 * Adds a link for each sender, beyond the span's limit too: the SDK counts what it
	 * drops.
	 */
	private void link(SpanBuilder builder, ConsumerRecords<?, ?> records) {
		Set<SpanContext> senders = new HashSet<>();
		for (ConsumerRecord<?, ?> record : records) {
			SpanContext sender = sender(record);
			if (sender.isValid() && senders.add(sender)) {
				builder.addLink(sender);
			}
		}
	}

	private SpanContext sender(ConsumerRecord<?, ?> record) {
		return Span.fromContext(LastHeaderGetter.extract(this.tracers, Context.root(), record.headers()))
			.getSpanContext();
	}

	void succeeded(@Nullable String group, ConsumerRecords<?, ?> records) {
		for (TopicPartition partition : records.partitions()) {
			this.failures.settled(group, records.records(partition).get(0));
		}
		Processing processing = this.threads.current();
		if (processing != null) {
			processing.closeScope();
			this.threads.set(null);
			processing.span().end();
		}
	}

	void failed(@Nullable String group, ConsumerRecords<?, ?> records, Exception exception) {
		this.failures.failed(group, failedRecord(records, exception), exception);
		Processing processing = this.threads.current();
		if (processing != null) {
			processing.failed(exception);
			processing.workIsOver();
			processing.closeScope();
			Context context = this.tracers.contextOf(Context.root(), processing.span());
			this.tracer.fail(processing.span(), context, ListenerFailures.thrownByListener(exception));
		}
	}

	/**
	 * Ends a failed delivery's span, with what is known of its outcome by now.
	 * @param group the consumer group, or {@code null} for none
	 * @param next the first record of the delivery that follows, or {@code null} if none
	 * does
	 * @param consumer the consumer
	 */
	private void settle(@Nullable String group, @Nullable ConsumerRecord<?, ?> next, Consumer<?, ?> consumer) {
		Processing processing = this.threads.current();
		if (processing == null) {
			return;
		}
		this.threads.set(null);
		processing.closeScope();
		ConsumerRecords<?, ?> records = processing.subject(ConsumerRecords.class);
		Throwable failure = processing.failure();
		if (records == null || failure == null) {
			processing.span().end();
			return;
		}
		try {
			ConsumerRecord<?, ?> failed = failedRecord(records, failure);
			String outcome = isSame(failed, next) ? FailureOutcomes.RETRY
					: this.outcomes.ofBatch(failed, group, processing.publishedTo(), consumer);
			this.tracer.attributes(processing.span()).put(KafkaAttributes.OUTCOME, outcome);
		}
		finally {
			processing.endSpan();
		}
	}

	/**
	 * The record that the listener says it has failed for, else the first: it is the one
	 * that the next delivery begins with.
	 */
	private static ConsumerRecord<?, ?> failedRecord(ConsumerRecords<?, ?> records, Throwable failure) {
		BatchListenerFailedException told = ListenerFailures.find(failure, BatchListenerFailedException.class);
		if (told != null && told.getRecord() != null) {
			return told.getRecord();
		}
		int index = (told != null) ? told.getIndex() : 0;
		ConsumerRecord<?, ?> failed = null;
		for (ConsumerRecord<?, ?> record : records) {
			failed = (failed == null || index >= 0) ? record : failed;
			index--;
		}
		return Objects.requireNonNull(failed);
	}

	private static boolean isSame(ConsumerRecord<?, ?> one, @Nullable ConsumerRecord<?, ?> other) {
		return other != null && one.offset() == other.offset() && one.partition() == other.partition()
				&& one.topic().equals(other.topic());
	}

	void leave(@Nullable String group, Consumer<?, ?> consumer) {
		try {
			settle(group, null, consumer);
		}
		finally {
			this.threads.leave();
		}
	}

}
