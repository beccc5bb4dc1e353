package io.hindspan.kafka;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.Span;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

import io.hindspan.FaultyTracing;
import io.hindspan.span.InstrumentationTracers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for the processing of records whose tracing fails.
 */
class KafkaFaultsTests {

	private final ConsumerRecord<String, String> record = new ConsumerRecord<>("tasks", 0, 0, "key", "value");

	@Test
	void workIsDoneAllTheSame() {
		FaultyTracing faults = new FaultyTracing();
		faults.runner().run((context) -> {
			KafkaBatchTracing tracing = new KafkaBatchTracing(context.getBean(InstrumentationTracers.class));
			faults.failAtEnd();
			assertThat(tracing.process(this.record, () -> "result")).isEqualTo("result");
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
			faults.failAtStart();
			assertThat(tracing.process(this.record, () -> "result")).isEqualTo("result");
			IOException failure = new IOException("own");
			assertThat(catchThrowable(() -> tracing.processRun(this.record, () -> {
				throw failure;
			}))).isSameAs(failure);
		});
	}

	@Test
	void deliveriesThatCannotBeToldGoOn() {
		AtomicInteger asked = new AtomicInteger();
		GuardedDeliveries deliveries = new GuardedDeliveries(() -> {
			asked.incrementAndGet();
			throw new IllegalStateException("The application is shutting down");
		});
		deliveries.tell((told) -> told.records().enter());
		deliveries.tell((told) -> told.records().leave());
		assertThat(asked).hasValue(2);
	}

}
