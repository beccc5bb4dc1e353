package io.hindspan.kafka;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;

/**
 * What a consumer's thread processes at the moment: a record or a batch. It lasts until
 * the error handler has done its work, which is longer than the work of the listener.
 * Confined to that thread.
 */
final class Processing {

	private final Object subject;

	private final Span span;

	private @Nullable Scope scope;

	private @Nullable Throwable failure;

	private long endEpochNanos;

	private boolean described;

	private @Nullable KafkaRecordSenderContext published;

	/**
	 * Creates the processing of a record or a batch.
	 * @param subject the context of the record's observation, or the records
	 * @param span the span, recording or not
	 */
	Processing(Object subject, Span span) {
		this.subject = subject;
		this.span = span;
	}

	boolean isOf(Object subject) {
		return this.subject == subject;
	}

	<T> @Nullable T subject(Class<T> type) {
		return type.isInstance(this.subject) ? type.cast(this.subject) : null;
	}

	boolean isBatch() {
		return this.subject instanceof ConsumerRecords;
	}

	Span span() {
		return this.span;
	}

	void opened(Scope scope) {
		this.scope = scope;
	}

	void closeScope() {
		if (this.scope != null) {
			this.scope.close();
			this.scope = null;
		}
	}

	void failed(Throwable failure) {
		this.failure = failure;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Notes a record that was sent by whoever handles the failure.
	 */
	void published(KafkaRecordSenderContext context) {
		this.published = context;
	}

	/**
	 * The topic that the failed record went to.
	 * @return the topic, or {@code null} if it went nowhere or could not be sent
	 */
	@Nullable String publishedTo() {
		return (this.published != null && this.published.getError() == null) ? this.published.getDestination() : null;
	}

	/**
	 * Notes that the listener's work is over now, whatever is made of its failure.
	 */
	void workIsOver() {
		if (this.endEpochNanos == 0 && this.span instanceof ReadableSpan readable && !readable.hasEnded()) {
			this.endEpochNanos = readable.toSpanData().getStartEpochNanos() + readable.getLatencyNanos();
		}
	}

	/**
	 * Notes that the span has all its attributes but the outcome.
	 */
	void described() {
		this.described = true;
	}

	boolean isDescribed() {
		return this.described;
	}

	/**
	 * Ends the span with the time when the work was over. One whose work is not over, and
	 * goes on elsewhere, is ended there.
	 */
	void endSpan() {
		if (this.endEpochNanos != 0) {
			this.span.end(this.endEpochNanos, TimeUnit.NANOSECONDS);
		}
		else if (this.described) {
			this.span.end();
		}
	}

}
