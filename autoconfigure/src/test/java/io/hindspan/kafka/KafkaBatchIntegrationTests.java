package io.hindspan.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.util.backoff.FixedBackOff;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.kafka.TracedKafka.inTrace;
import static io.hindspan.kafka.TracedKafka.template;
import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for listeners that process several records at once.
 */
class KafkaBatchIntegrationTests {

	private static final String OUTCOME = "hindspan.messaging.outcome";

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedKafka.start(receiver, Application.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void batchIsOneSpanWithALinkForEachSender() {
		String first = inTrace(context, () -> send("batches.several", "1", "2"));
		String second = inTrace(context, () -> send("batches.several", "3"));
		listen("several");
		RecordedSpan batch = receiver.awaitSpan((span) -> span.name().equals("batches.several process"));
		assertThat(batch).isRoot()
			.hasKind(SpanKind.CONSUMER)
			.hasStatus(StatusCode.UNSET)
			.hasScope("io.hindspan.kafka")
			.hasAttribute("messaging.system", "kafka")
			.hasAttribute("messaging.destination.name", "batches.several")
			.hasAttribute("messaging.operation.type", "process")
			.hasAttribute("messaging.operation.name", "process")
			.hasAttribute("messaging.batch.message_count", 3L)
			.hasAttribute("messaging.destination.partition.id", "0")
			.hasAttribute("messaging.consumer.group.name")
			.hasNoAttribute("messaging.kafka.offset", "retry.attempt", OUTCOME);
		List<String> senders = receiver.spans((span) -> span.name().equals("batches.several publish"))
			.stream()
			.map((sender) -> sender.traceId() + sender.spanId())
			.toList();
		assertThat(senders).hasSize(3).allMatch((sender) -> sender.startsWith(first) || sender.startsWith(second));
		assertThat(links(batch)).containsExactlyInAnyOrderElementsOf(senders);
		assertThat(receiver.awaitTrace(batch.traceId(), 3)).matchesTree(
				span("batches.several process").with(span("batches.done publish").with(span("batches.done process"))));
	}

	private static List<String> links(RecordedSpan span) {
		return span.links().stream().map((link) -> link.traceId() + link.spanId()).toList();
	}

	@Test
	void linksBeyondTheLimitAreCounted() {
		IntStream.range(0, 131).forEach((i) -> template(context).send("batches.many", "task " + i));
		template(context).flush();
		listen("many");
		RecordedSpan batch = receiver.awaitSpan((span) -> span.name().equals("batches.many process"));
		assertThat(batch).hasAttribute("messaging.batch.message_count", 131L);
		assertThat(batch.links()).hasSize(128);
		assertThat(batch.dropped().links()).isEqualTo(3);
	}

	@Test
	void batchOfSeveralTopicsHasNoDestination() {
		send("batches.one", "1");
		send("batches.other", "2");
		listen("mixed");
		List<RecordedSpan> batches = Awaitility.await()
			.until(() -> receiver.spans((span) -> span.kind() == SpanKind.CONSUMER), (spans) -> !spans.isEmpty());
		if (batches.size() == 1) {
			assertThat(batches.get(0)).hasName("process")
				.hasAttribute("messaging.batch.message_count", 2L)
				.hasNoAttribute("messaging.destination.name", "messaging.destination.partition.id");
		}
	}

	@Test
	void failedBatchIsTriedAgainAndItsDeadLettersStayInTheirTraces() {
		String first = inTrace(context, () -> send("batches.failing", "1"));
		String second = inTrace(context, () -> send("batches.failing", "2"));
		listen("failing");
		List<RecordedSpan> attempts = batches("batches.failing", 2);
		assertThat(attempts.get(0)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class)
			.hasAttribute("messaging.batch.message_count", 2L)
			.hasAttribute(OUTCOME, "retry")
			.hasNoAttribute("retry.attempt");
		assertThat(attempts.get(1)).hasStatus(StatusCode.ERROR)
			.hasAttribute("retry.attempt", 2L)
			.hasAttribute("retry.reason", IllegalStateException.class.getName())
			.hasAttribute(OUTCOME, "dead_letter");
		for (String traceId : List.of(first, second)) {
			assertThat(receiver.awaitTrace(traceId, 4)).matchesTree(span("root").with(span("batches.failing publish")
				.with(span("batches.failing-dlt publish").with(span("batches.failing-dlt process")))));
		}
	}

	private static List<RecordedSpan> batches(String topic, int count) {
		return Awaitility.await()
			.until(() -> receiver.spans((span) -> span.name().equals(topic + " process")),
					(spans) -> spans.size() >= count)
			.stream()
			.sorted((one, other) -> Long.compare(one.startNanos(), other.startNanos()))
			.toList();
	}

	@Test
	void recordThatFailsInABatchIsTriedAgain() {
		send("batches.partial", "1", "bad", "3");
		listen("partial");
		List<RecordedSpan> attempts = batches("batches.partial", 3);
		assertThat(attempts).extracting((attempt) -> attempt.attribute("messaging.batch.message_count"))
			.containsExactly(3L, 2L, 1L);
		assertThat(attempts.get(0)).hasStatus(StatusCode.ERROR).hasAttribute(OUTCOME, "retry");
		assertThat(attempts.get(1)).hasStatus(StatusCode.ERROR)
			.hasAttribute("retry.attempt", 2L)
			.hasAttribute(OUTCOME, "dead_letter");
		assertThat(attempts.get(2)).hasStatus(StatusCode.UNSET).hasNoAttribute("retry.attempt", OUTCOME);
		assertThat(Application.SEEN).containsSubsequence("1 bad 3", "bad 3", "3");
	}

	@Test
	void recordsOfABatchContinueTheirTraces() {
		String first = inTrace(context, () -> send("batches.single", "1"));
		String second = inTrace(context, () -> send("batches.single", "fail"));
		listen("single");
		RecordedTrace trace = receiver.awaitTrace(first, 5);
		assertThat(trace).matchesTree(span("root").with(span("batches.single publish")
			.with(span("batches.single process", SpanKind.CONSUMER).attribute("messaging.kafka.offset", 0L)
				.attribute("messaging.destination.name", "batches.single")
				.with(span("batches.done publish").with(span("batches.done process"))))));
		RecordedSpan batch = receiver.awaitSpan((span) -> span.attribute("messaging.batch.message_count") != null);
		assertThat(links(trace.span("batches.single process"))).containsExactly(batch.traceId() + batch.spanId());
		assertThat(receiver.awaitTrace(second, 3).span("batches.single process")).hasStatus(StatusCode.ERROR)
			.hasException(IllegalStateException.class);
		assertThat(batch).hasStatus(StatusCode.UNSET);
		assertThat(Application.SEEN).contains("back in " + batch.spanId());
	}

	@Test
	void listenerMadeByHandIsTracedBeneathTheApplicationsInterceptor() {
		Application.INTERCEPTED.clear();
		send("batches.by-hand", "1", "left out", "3");
		KafkaMessageListenerContainer<?, ?> container = context.getBean("byHand", KafkaMessageListenerContainer.class);
		container.start();
		assertThat(batches("batches.by-hand", 1).get(0)).hasAttribute("messaging.batch.message_count", 2L);
		Awaitility.await().until(() -> Application.INTERCEPTED.contains("batch 2"));
		send("batches.by-hand", "fail to intercept");
		Awaitility.await().until(() -> Application.INTERCEPTED.contains("failed to intercept"));
		send("batches.by-hand", "all");
		Awaitility.await().until(() -> Application.INTERCEPTED.contains("all"));
		send("batches.by-hand", "error");
		Awaitility.await().until(() -> !container.isRunning());
		assertThat(batches("batches.by-hand", 2)).hasSize(2);
		assertThat(Application.INTERCEPTED).contains("clean").doesNotContain("left behind");
	}

	@Test
	void recordsThatSpringObservesLeaveTheBatchAsItIs() {
		String traceId = inTrace(context, () -> send("batches.observed", "1"));
		listen("observed");
		assertThat(batches("batches.observed", 4)).hasSize(4);
		List<RecordedSpan> deliveries = receiver
			.spans((span) -> span.attribute("messaging.batch.message_count") != null);
		assertThat(deliveries).hasSize(2).allSatisfy((batch) -> assertThat(batch).isRoot());
		assertThat(deliveries).extracting((batch) -> batch.attribute(OUTCOME)).containsExactly("retry", null);
		assertThat(deliveries.get(1)).hasAttribute("retry.attempt", 2L);
		assertThat(receiver.awaitTrace(traceId, 4)).matchesTree(span("root").with(span("batches.observed publish")
			.with(span("batches.observed process"), span("batches.observed process"))));
	}

	@Test
	void batchesAreProcessedTheSameWithoutTracing() {
		assertThat(processed("true")).isEqualTo(processed("false"))
			.containsExactly("1 bad 3", "bad 3", "recovered bad", "3");
	}

	private static List<String> processed(String enabled) {
		try (ConfigurableApplicationContext parity = TracedKafka.start(receiver, Parity.class,
				"--hindspan.kafka.enabled=" + enabled)) {
			List<String> seen = Parity.SEEN;
			seen.clear();
			KafkaTemplate<Object, Object> template = template(parity);
			for (String task : List.of("1", "bad", "3")) {
				template.send("batches.parity." + enabled, task).join();
			}
			parity.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("parity").start();
			Awaitility.await().until(() -> seen.contains("3"));
			return new ArrayList<>(seen);
		}
	}

	private static Object send(String topic, String... tasks) {
		for (String task : tasks) {
			template(context).send(topic, task).join();
		}
		return tasks;
	}

	private static void listen(String id) {
		context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer(id).start();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		static final List<String> INTERCEPTED = new CopyOnWriteArrayList<>();

		private final KafkaTemplate<Object, Object> template;

		private final KafkaBatchTracing tracing;

		private final AtomicBoolean failedOnce = new AtomicBoolean();

		Application(KafkaTemplate<Object, Object> template, KafkaBatchTracing tracing) {
			this.template = template;
			this.tracing = tracing;
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> batches(
				ConsumerFactory<Object, Object> consumers, KafkaTemplate<Object, Object> template) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.setBatchListener(true);
			factory.setAutoStartup(false);
			factory.setCommonErrorHandler(
					new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 1)));
			return factory;
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> observed(
				ConsumerFactory<Object, Object> consumers) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.setBatchListener(true);
			factory.setAutoStartup(false);
			factory.getContainerProperties().setRecordObservationsInBatch(true);
			return factory;
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
				ConsumerFactory<Object, Object> consumers) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			return factory;
		}

		@Bean
		static KafkaMessageListenerContainer<Object, Object> byHand(ConsumerFactory<Object, Object> consumers) {
			ContainerProperties properties = new ContainerProperties("batches.by-hand");
			properties.setGroupId(UUID.randomUUID().toString());
			properties.setMessageListener((BatchMessageListener<Object, Object>) (records) -> {
				INTERCEPTED.add("batch " + records.size());
				if ("error".equals(records.get(0).value())) {
					throw new AssertionError("stop");
				}
			});
			KafkaMessageListenerContainer<Object, Object> container = new KafkaMessageListenerContainer<>(consumers,
					properties);
			container.setAutoStartup(false);
			container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 0)));
			container.setBatchInterceptor(new Interceptor());
			return container;
		}

		@KafkaListener(topics = "batches.several", id = "several", idIsGroup = false, containerFactory = "batches")
		void several(List<String> tasks) {
			this.template.send("batches.done", tasks.size() + " tasks");
		}

		@KafkaListener(topics = "batches.many", id = "many", idIsGroup = false, containerFactory = "batches",
				properties = "fetch.max.wait.ms=100")
		void many(ConsumerRecords<String, String> tasks) {
		}

		@KafkaListener(topics = { "batches.one", "batches.other" }, id = "mixed", idIsGroup = false,
				containerFactory = "batches")
		void mixed(List<String> tasks, Consumer<?, ?> consumer) {
		}

		@KafkaListener(topics = "batches.failing", id = "failing", idIsGroup = false, containerFactory = "batches")
		void failing(List<String> tasks) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "batches.observed", id = "observed", idIsGroup = false, containerFactory = "observed")
		void observed(List<String> tasks) {
			if (this.failedOnce.compareAndSet(false, true)) {
				throw new IllegalStateException("not yet");
			}
		}

		@KafkaListener(topics = "batches.partial", id = "partial", idIsGroup = false, containerFactory = "batches")
		void partial(List<String> tasks) {
			SEEN.add(String.join(" ", tasks));
			if (tasks.contains("bad")) {
				throw new BatchListenerFailedException("bad task", tasks.indexOf("bad"));
			}
		}

		@KafkaListener(topics = "batches.single", id = "single", idIsGroup = false, containerFactory = "batches",
				ackMode = "MANUAL")
		void single(List<ConsumerRecord<String, String>> records, Acknowledgment acknowledgment) {
			for (ConsumerRecord<String, String> record : records) {
				try {
					this.tracing.processRun(record, () -> index(record.value()));
				}
				catch (IllegalStateException ex) {
					SEEN.add("back in " + Span.current().getSpanContext().getSpanId());
				}
			}
			acknowledgment.acknowledge();
		}

		private void index(String task) {
			if (task.equals("fail")) {
				throw new IllegalStateException("no luck");
			}
			this.template.send("batches.done", task);
		}

		@KafkaListener(topics = { "batches.done", "batches.failing-dlt", "batches.partial-dlt" })
		void done(String task) {
		}

	}

	/**
	 * An application's own interceptor, which sees whether anything is left on its
	 * thread.
	 */
	private static final class Interceptor implements BatchInterceptor<Object, Object> {

		@Override
		public ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
				Consumer<Object, Object> consumer) {
			String first = (String) records.iterator().next().value();
			if (first.equals("fail to intercept")) {
				Application.INTERCEPTED.add("failed to intercept");
				throw new IllegalStateException("the interceptor fails");
			}
			if (first.equals("all")) {
				Application.INTERCEPTED.add("all");
				return null;
			}
			return withoutLeftOut(records);
		}

		private static ConsumerRecords<Object, Object> withoutLeftOut(ConsumerRecords<Object, Object> records) {
			Map<TopicPartition, List<ConsumerRecord<Object, Object>>> kept = new HashMap<>();
			records.partitions()
				.forEach((partition) -> kept.put(partition,
						records.records(partition)
							.stream()
							.filter((record) -> !"left out".equals(record.value()))
							.toList()));
			return new ConsumerRecords<>(kept, Map.of());
		}

		@Override
		public void setupThreadState(Consumer<?, ?> consumer) {
			Application.INTERCEPTED.add(Span.current().getSpanContext().isValid() ? "left behind" : "clean");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Parity {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		@Bean
		static DefaultErrorHandler errorHandler() {
			return new DefaultErrorHandler((record, ex) -> SEEN.add("recovered " + record.value()),
					new FixedBackOff(0, 1));
		}

		@KafkaListener(topics = "batches.parity.${hindspan.kafka.enabled}", id = "parity", idIsGroup = false,
				batch = "true", autoStartup = "false")
		void process(List<String> tasks) {
			SEEN.add(String.join(" ", tasks));
			if (tasks.contains("bad")) {
				throw new BatchListenerFailedException("bad task", tasks.indexOf("bad"));
			}
		}

	}

}
