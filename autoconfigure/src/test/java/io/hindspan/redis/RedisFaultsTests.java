package io.hindspan.redis;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.DefaultMessage;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.StreamRecords;

import io.hindspan.FaultyTracing;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for commands, messages and records whose tracing fails.
 */
class RedisFaultsTests {

	private final FaultyTracing faults = new FaultyTracing();

	private final AtomicInteger done = new AtomicInteger();

	@AfterEach
	void nothingIsLeftOnTheThread() {
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
	}

	@Test
	void beansThatAreGoneHarmNobody() {
		worksWith(() -> {
			throw new IllegalStateException("The application is shutting down");
		});
	}

	@Test
	void spansThatFailHarmNobody() {
		this.faults.runner().run((context) -> {
			InstrumentationTracers tracers = context.getBean(InstrumentationTracers.class);
			this.faults.failAtEnd();
			worksWith(() -> tracers);
			this.faults.failAtStart();
			worksWith(() -> tracers);
		});
	}

	private void worksWith(Supplier<InstrumentationTracers> tracers) {
		sendsCommands(() -> tracers.get().get(RedisSpan.SCOPE));
		listens(() -> new ProcessSpans(tracers.get()));
	}

	private void sendsCommands(Supplier<InstrumentationTracer> tracer) {
		JedisSpans spans = new JedisSpans(tracer, new JedisEndpoint("redis.example", 6379L, "0"));
		assertThat(spans.run("GET", () -> "value")).isEqualTo("value");
		IllegalArgumentException failure = new IllegalArgumentException("own");
		assertThat(catchThrowable(() -> spans.run("GET", () -> {
			throw failure;
		}))).isSameAs(failure);
	}

	private void listens(Supplier<ProcessSpans> spans) {
		MapRecord<String, String, String> record = StreamRecords.newRecord()
			.in("tasks")
			.ofMap(Map.of("title", "report"));
		this.done.set(0);
		new TracedStreamListener<String, MapRecord<String, String, String>>((received) -> this.done.incrementAndGet(),
				null, spans)
			.onMessage(record);
		TracedMessageListenerContainer container = new TracedMessageListenerContainer(spans);
		container.processMessage((message, pattern) -> this.done.incrementAndGet(),
				new DefaultMessage("tasks".getBytes(), "report".getBytes()), "tasks".getBytes());
		assertThat(this.done).hasValue(2);
		IllegalArgumentException failure = new IllegalArgumentException("own");
		assertThat(
				catchThrowable(() -> new TracedStreamListener<String, MapRecord<String, String, String>>((received) -> {
					throw failure;
				}, null, spans).onMessage(record)))
			.isSameAs(failure);
	}

}
