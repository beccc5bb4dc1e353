package io.hindspan.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultAfterRollbackProcessor;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.kafka.test.utils.ContainerTestUtils;
import org.springframework.kafka.transaction.KafkaTransactionManager;
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
 * Tests for records that are tried again and again, and for what becomes of them.
 */
class KafkaRetryIntegrationTests {

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

	@ParameterizedTest
	@ValueSource(strings = { "retries.seeking", "retries.pausing" })
	void attemptsAreSiblingsAndTheDeadLetterIsBeneathTheLast(String topic) {
		String traceId = inTrace(context, () -> template(context).send(topic, "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 7);
		assertThat(trace).matchesTree(span("root").with(span(topic + " publish").with(
				span(topic + " process", SpanKind.CONSUMER).status(StatusCode.ERROR).attribute(OUTCOME, "retry"),
				span(topic + " process", SpanKind.CONSUMER).status(StatusCode.ERROR)
					.attribute("retry.attempt", 2L)
					.attribute("retry.max_attempts", 3L)
					.attribute("retry.reason", IllegalStateException.class.getName())
					.attribute(OUTCOME, "retry"),
				span(topic + " process", SpanKind.CONSUMER).status(StatusCode.ERROR)
					.attribute("retry.attempt", 3L)
					.attribute("retry.max_attempts", 3L)
					.attribute("retry.reason", IllegalStateException.class.getName())
					.attribute(OUTCOME, "dead_letter")
					.with(span(topic + "-dlt publish", SpanKind.PRODUCER)
						.with(span(topic + "-dlt process", SpanKind.CONSUMER).status(StatusCode.UNSET))))));
		assertThat(attempts(trace, topic).get(0)).hasNoAttribute("retry.attempt", "retry.max_attempts", "retry.reason")
			.hasException(IllegalStateException.class);
		assertThat(trace.span(topic + "-dlt process")).hasNoAttribute("retry.attempt", OUTCOME);
	}

	@Test
	void recordThatIsGivenUpIsDiscarded() {
		String traceId = inTrace(context, () -> template(context).send("retries.none", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace.span("retries.none process")).hasStatus(StatusCode.ERROR)
			.hasAttribute(OUTCOME, "discard")
			.hasNoAttribute("retry.attempt");
	}

	@Test
	void errorHandlerOfTheContainerIsKnown() {
		String traceId = inTrace(context, () -> template(context).send("retries.default", "task 17"));
		List<RecordedSpan> attempts = attempts(receiver.awaitTrace(traceId, 12), "retries.default");
		assertThat(attempts).extracting((attempt) -> attempt.attribute("retry.attempt"))
			.containsExactly(null, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
		assertThat(attempts.subList(1, 10))
			.allSatisfy((attempt) -> assertThat(attempt).hasAttribute("retry.max_attempts", 10L)
				.hasAttribute("retry.reason", IllegalStateException.class.getName()));
		assertThat(attempts).extracting((attempt) -> attempt.attribute(OUTCOME))
			.containsExactlyElementsOf(
					Stream.concat(Stream.generate(() -> "retry").limit(9), Stream.of("discard")).toList());
	}

	@Test
	void attemptThatSucceedsHasNoOutcome() {
		String traceId = inTrace(context, () -> template(context).send("retries.once", "task 17"));
		List<RecordedSpan> attempts = attempts(receiver.awaitTrace(traceId, 4), "retries.once");
		assertThat(attempts.get(0)).hasStatus(StatusCode.ERROR)
			.hasAttribute(OUTCOME, "retry")
			.hasException(IllegalArgumentException.class);
		assertThat(attempts.get(1)).hasStatus(StatusCode.UNSET)
			.hasAttribute("retry.attempt", 2L)
			.hasAttribute("retry.reason", IllegalArgumentException.class.getName())
			.hasNoAttribute(OUTCOME);
		traceId = inTrace(context, () -> template(context).send("retries.once", "task 18"));
		assertThat(receiver.awaitTrace(traceId, 3).span("retries.once process")).hasStatus(StatusCode.UNSET)
			.hasNoAttribute("retry.attempt");
	}

	@Test
	void spanOfAFailedAttemptDoesNotLastForTheBackOff() {
		String traceId = inTrace(context, () -> template(context).send("retries.slow", "task 17"));
		List<RecordedSpan> attempts = attempts(receiver.awaitTrace(traceId, 4), "retries.slow");
		assertThat(attempts).hasSize(2)
			.allSatisfy((attempt) -> assertThat(attempt.duration()).isLessThan(Duration.ofMillis(1000)));
		assertThat(attempts.get(1).startNanos() - attempts.get(0).endNanos())
			.isGreaterThan(Duration.ofMillis(1000).toNanos());
	}

	@Test
	void retryTopicsAndTheirDeadLettersAreOneTrace() {
		String traceId = inTrace(context, () -> template(context).send("retries.topics", "task 17"));
		String reason = IllegalStateException.class.getName();
		assertThat(receiver.awaitTrace(traceId, 9)).matchesTree(
				span("root").with(
						span("retries.topics publish").with(span("retries.topics process").status(StatusCode.ERROR)
							.attribute(OUTCOME, "retry")
							.with(span("retries.topics-retry publish", SpanKind.PRODUCER)
								.with(span("retries.topics-retry process", SpanKind.CONSUMER).status(StatusCode.ERROR)
									.attribute("retry.attempt", 2L)
									.attribute("retry.max_attempts", 3L)
									.attribute("retry.reason", reason)
									.attribute(OUTCOME, "retry")
									.with(span("retries.topics-retry publish").with(span("retries.topics-retry process")
										.status(StatusCode.ERROR)
										.attribute("retry.attempt", 3L)
										.attribute("retry.max_attempts", 3L)
										.attribute("retry.reason", reason)
										.attribute(OUTCOME, "dead_letter")
										.with(span("retries.topics-dlt publish")
											.with(span("retries.topics-dlt process").status(StatusCode.UNSET))))))))));
		assertThat(receiver.spans((span) -> span.name().equals("retries.topics-dlt process"))).singleElement()
			.satisfies((span) -> assertThat(span).hasNoAttribute("retry.attempt", "retry.max_attempts"));
	}

	@Test
	void recordThatCannotBeDeserialisedKeepsItsTrace() {
		String traceId = inTrace(context, () -> template(context).send("retries.numbers", "no number"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace).matchesTree(span("root").with(span("retries.numbers publish")
			.with(span("retries.numbers process", SpanKind.CONSUMER).status(StatusCode.ERROR)
				.attribute("error.type", DeserializationException.class.getName())
				.attribute(OUTCOME, "dead_letter")
				.with(span("retries.numbers-dlt publish").with(span("retries.numbers-dlt process"))))));
		assertThat(trace.span("retries.numbers process")).hasException(DeserializationException.class)
			.hasAttribute("messaging.kafka.offset")
			.hasAttribute("spring.kafka.listener.id");
	}

	@Test
	void transactionThatIsRolledBackKeepsItsTrace() {
		String traceId = inTrace(context, () -> template(context).send("retries.transactional", "fail"));
		assertThat(receiver.awaitTrace(traceId, 8))
			.matchesTree(span("root").with(span("retries.transactional publish").with(
					span("retries.transactional process").status(StatusCode.ERROR)
						.attribute(OUTCOME, "retry")
						.with(span("retries.written publish")),
					span("retries.transactional process").status(StatusCode.ERROR)
						.attribute("retry.attempt", 2L)
						.attribute("retry.max_attempts", 2L)
						.attribute(OUTCOME, "dead_letter")
						.with(span("retries.written publish"), span("retries.transactional-dlt publish")
							.with(span("retries.transactional-dlt process"))))));
	}

	@Test
	void transactionThatIsCommittedIsOneTrace() {
		String traceId = inTrace(context, () -> template(context).send("retries.transactional", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 5)).matchesTree(span("root").with(span("retries.transactional publish")
			.with(span("retries.transactional process").status(StatusCode.UNSET)
				.with(span("retries.written publish").with(span("retries.written process"))))));
	}

	@Test
	void futureThatFailsIsTriedAgainInTheTrace() {
		String traceId = inTrace(context, () -> template(context).send("retries.future", "task 17"));
		List<RecordedSpan> attempts = attempts(receiver.awaitTrace(traceId, 7), "retries.future");
		assertThat(attempts).hasSize(3)
			.allSatisfy((attempt) -> assertThat(attempt).hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", IllegalStateException.class.getName()));
		assertThat(attempts).extracting((attempt) -> attempt.attribute("retry.attempt")).containsExactly(null, 2L, 3L);
	}

	@Test
	void attemptsBeyondTheLimitHaveTracesOfTheirOwn() {
		try (ConfigurableApplicationContext bounded = TracedKafka.start(receiver, Bounded.class,
				"--hindspan.kafka.max-attempts-in-trace=2")) {
			String traceId = inTrace(bounded, () -> template(bounded).send("retries.bounded", "task 17"));
			RecordedTrace trace = receiver.awaitTrace(traceId, 4);
			RecordedSpan publish = trace.span("retries.bounded publish");
			assertThat(attempts(trace, "retries.bounded")).hasSize(2)
				.allSatisfy((attempt) -> assertThat(attempt).isChildOf(publish));
			RecordedSpan third = receiver.awaitSpan((span) -> Long.valueOf(3).equals(span.attribute("retry.attempt")));
			assertThat(third).hasName("retries.bounded process").hasStatus(StatusCode.ERROR).isRoot();
			assertThat(third.traceId()).isNotEqualTo(traceId);
			assertThat(third.links()).singleElement().satisfies((link) -> {
				assertThat(link.traceId()).isEqualTo(traceId);
				assertThat(link.spanId()).isEqualTo(publish.spanId());
			});
		}
	}

	@Test
	void oldRecordIsInItsTraceOnceAndItsFurtherAttemptsAreNot() {
		ProducerRecord<Object, Object> old = new ProducerRecord<>("retries.old", null,
				Instant.now().minus(Duration.ofHours(2)).toEpochMilli(), null, "task 17");
		String traceId = inTrace(context, () -> template(context).send(old));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).matchesTree(span("root")
			.with(span("retries.old publish").with(span("retries.old process").attribute(OUTCOME, "retry"))));
		RecordedSpan second = receiver.awaitSpan((span) -> span.name().equals("retries.old process")
				&& Long.valueOf(2).equals(span.attribute("retry.attempt")));
		assertThat(second).isRoot();
		assertThat(second.links()).singleElement().satisfies((link) -> assertThat(link.traceId()).isEqualTo(traceId));
	}

	@Test
	void listenerMadeByHandTellsTheSame() {
		String traceId = inTrace(context, () -> template(context).send("retries.by-hand", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 5)).matchesTree(span("root")
			.with(span("retries.by-hand publish").with(span("retries.by-hand process").attribute(OUTCOME, "retry"),
					span("retries.by-hand process").attribute("retry.attempt", 2L).attribute(OUTCOME, "retry"),
					span("retries.by-hand process").attribute("retry.attempt", 3L).attribute(OUTCOME, "discard"))));
	}

	@Test
	void applicationsInterceptorGoesOn() {
		Application.INTERCEPTED.clear();
		String traceId = inTrace(context, () -> template(context).send("retries.by-hand", "task 18"));
		receiver.awaitTrace(traceId, 5);
		assertThat(Application.INTERCEPTED)
			.containsSubsequence("task 18", "failure", "after", "clean", "task 18", "failure", "after", "clean",
					"task 18", "failure", "after")
			.doesNotContain("left behind");
	}

	@Test
	void sameRecordsAreTriedAsOftenWithoutTracing() {
		assertThat(deliveries("true")).isEqualTo(deliveries("false"))
			.containsExactly("retries.parity first null", "retries.parity first null", "retries.parity first null",
					"recovered first IllegalStateException", "retries.parity second null", "dead letter first");
	}

	private static List<String> deliveries(String enabled) {
		Parity.SEEN.clear();
		try (ConfigurableApplicationContext parity = TracedKafka.start(receiver, Parity.class,
				"--hindspan.kafka.enabled=" + enabled, "--spring.kafka.consumer.auto-offset-reset=latest",
				"--spring.kafka.listener.observation-enabled=" + enabled)) {
			ContainerTestUtils.waitForAssignment(
					parity.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("parity"), 1);
			ContainerTestUtils.waitForAssignment(
					parity.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("parity-dlt"), 1);
			template(parity).send("retries.parity", "first").join();
			Awaitility.await().until(() -> Parity.SEEN.contains("dead letter first"));
			template(parity).send("retries.parity", "second").join();
			Awaitility.await().until(() -> Parity.SEEN.size() == 6);
			List<String> seen = new ArrayList<>(Parity.SEEN);
			seen.remove("dead letter first");
			seen.add("dead letter first");
			return seen;
		}
	}

	private static List<RecordedSpan> attempts(RecordedTrace trace, String topic) {
		return trace.spans(topic + " process")
			.stream()
			.sorted(Comparator.comparingLong(RecordedSpan::startNanos))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		static final List<String> INTERCEPTED = new CopyOnWriteArrayList<>();

		private final AtomicBoolean failedOnce = new AtomicBoolean();

		private final KafkaTemplate<Object, Object> transactionalTemplate;

		Application(@Qualifier("transactionalTemplate") KafkaTemplate<Object, Object> transactionalTemplate) {
			this.transactionalTemplate = transactionalTemplate;
		}

		private static DefaultErrorHandler deadLetters(KafkaTemplate<Object, Object> template) {
			return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 2));
		}

		private static ConcurrentKafkaListenerContainerFactory<Object, Object> factory(
				ConsumerFactory<Object, Object> consumers, DefaultErrorHandler errorHandler) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.setCommonErrorHandler(errorHandler);
			return factory;
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
				ConsumerFactory<Object, Object> consumers, KafkaTemplate<Object, Object> template) {
			return factory(consumers, deadLetters(template));
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> pausing(
				ConsumerFactory<Object, Object> consumers, KafkaTemplate<Object, Object> template) {
			DefaultErrorHandler errorHandler = deadLetters(template);
			errorHandler.setSeekAfterError(false);
			return factory(consumers, errorHandler);
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> giving(
				ConsumerFactory<Object, Object> consumers) {
			return factory(consumers, new DefaultErrorHandler(new FixedBackOff(0, 0)));
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> slow(ConsumerFactory<Object, Object> consumers) {
			return factory(consumers, new DefaultErrorHandler(new FixedBackOff(1200, 1)));
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> plain(
				ConsumerFactory<Object, Object> consumers) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			return factory;
		}

		@Bean(defaultCandidate = false)
		static KafkaTemplate<Object, Object> bytesTemplate(KafkaProperties properties,
				ProducerFactory<Object, Object> producers) {
			Map<String, Object> producer = properties.buildProducerProperties();
			producer.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
			return new KafkaTemplate<>(producers, producer);
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> numbers(KafkaProperties properties,
				@Qualifier("bytesTemplate") KafkaTemplate<Object, Object> bytes) {
			Map<String, Object> consumer = properties.buildConsumerProperties();
			consumer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ErrorHandlingDeserializer.class);
			consumer.put(ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS, IntegerDeserializer.class);
			return factory(new DefaultKafkaConsumerFactory<>(consumer),
					new DefaultErrorHandler(new DeadLetterPublishingRecoverer(bytes), new FixedBackOff(0, 2)));
		}

		@Bean(defaultCandidate = false)
		static DefaultKafkaProducerFactory<Object, Object> transactionalProducers(KafkaProperties properties) {
			DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(
					properties.buildProducerProperties());
			factory.setTransactionIdPrefix("retries-" + UUID.randomUUID());
			return factory;
		}

		@Bean(defaultCandidate = false)
		static KafkaTemplate<Object, Object> transactionalTemplate(
				@Qualifier("transactionalProducers") DefaultKafkaProducerFactory<Object, Object> producers) {
			return new KafkaTemplate<>(producers);
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> transactional(
				ConsumerFactory<Object, Object> consumers, KafkaTemplate<Object, Object> template,
				@Qualifier("transactionalProducers") DefaultKafkaProducerFactory<Object, Object> producers) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.getContainerProperties().setKafkaAwareTransactionManager(new KafkaTransactionManager<>(producers));
			factory.setAfterRollbackProcessor(new DefaultAfterRollbackProcessor<>(
					new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 1)));
			return factory;
		}

		@Bean
		static KafkaMessageListenerContainer<Object, Object> byHand(ConsumerFactory<Object, Object> consumers) {
			ContainerProperties properties = new ContainerProperties("retries.by-hand");
			properties.setGroupId(UUID.randomUUID().toString());
			properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
				throw new IllegalStateException("no luck");
			});
			KafkaMessageListenerContainer<Object, Object> container = new KafkaMessageListenerContainer<>(consumers,
					properties);
			container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 2)));
			container.setRecordInterceptor(new Interceptor());
			return container;
		}

		@KafkaListener(topics = "retries.none", containerFactory = "giving")
		void none(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "retries.default", containerFactory = "plain")
		void atDefault(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "retries.old")
		void old(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "retries.once")
		void once(String task) {
			if (this.failedOnce.compareAndSet(false, true)) {
				throw new IllegalArgumentException("not yet");
			}
		}

		@KafkaListener(topics = "retries.slow", containerFactory = "slow")
		void slow(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "retries.numbers", containerFactory = "numbers")
		void numbers(Integer number) {
		}

		@KafkaListener(topics = "retries.transactional", containerFactory = "transactional")
		void transactional(String task) {
			this.transactionalTemplate.send("retries.written", task);
			if (task.equals("fail")) {
				throw new IllegalStateException("no luck");
			}
		}

		@KafkaListener(topics = "retries.written", properties = "isolation.level=read_committed")
		void written(String task) {
		}

		@KafkaListener(topics = "retries.future")
		CompletableFuture<Void> future(String task) {
			return CompletableFuture.runAsync(() -> {
				throw new IllegalStateException("too late");
			});
		}

		@RetryableTopic(attempts = "3", backOff = @BackOff(delay = 100))
		@KafkaListener(topics = "retries.topics", id = "topics")
		void topics(String task) {
			throw new IllegalStateException("no luck");
		}

		@DltHandler
		void given(String task) {
		}

		@KafkaListener(topics = "retries.seeking")
		void seeking(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = "retries.pausing", containerFactory = "pausing")
		void pausing(String task) {
			throw new IllegalStateException("no luck");
		}

		@KafkaListener(topics = { "retries.seeking-dlt", "retries.pausing-dlt", "retries.transactional-dlt",
				"retries.numbers-dlt", "retries.future-dlt" })
		void deadLetters(String task) {
		}

	}

	/**
	 * An application's own interceptor, which sees whether anything is left on its
	 * thread.
	 */
	private static final class Interceptor implements RecordInterceptor<Object, Object> {

		@Override
		public ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> record,
				Consumer<Object, Object> consumer) {
			Application.INTERCEPTED.add((String) record.value());
			return record;
		}

		@Override
		public void failure(ConsumerRecord<Object, Object> record, Exception exception,
				Consumer<Object, Object> consumer) {
			Application.INTERCEPTED.add("failure");
			throw new IllegalStateException("the interceptor fails, too");
		}

		@Override
		public void afterRecord(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
			Application.INTERCEPTED.add("after");
		}

		@Override
		public void setupThreadState(Consumer<?, ?> consumer) {
			Application.INTERCEPTED.add(Span.current().getSpanContext().isValid() ? "left behind" : "clean");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Bounded {

		@Bean
		DefaultErrorHandler errorHandler() {
			return new DefaultErrorHandler(new FixedBackOff(0, 3));
		}

		@KafkaListener(topics = "retries.bounded")
		void process(String task) {
			throw new IllegalStateException("no luck");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Parity {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		@Bean
		static DefaultErrorHandler errorHandler(KafkaTemplate<Object, Object> template) {
			DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(template);
			return new DefaultErrorHandler((record, ex) -> {
				SEEN.add("recovered " + record.value() + " " + ex.getCause().getClass().getSimpleName());
				recoverer.accept(record, ex);
			}, new FixedBackOff(0, 2));
		}

		@KafkaListener(topics = "retries.parity", id = "parity")
		void process(ConsumerRecord<String, String> record) {
			SEEN.add(record.topic() + " " + record.value() + " "
					+ record.headers().lastHeader(KafkaHeaders.DELIVERY_ATTEMPT));
			if (record.value().equals("first")) {
				throw new IllegalStateException("no luck");
			}
		}

		@KafkaListener(topics = "retries.parity-dlt", id = "parity-dlt")
		void deadLetter(String task) {
			SEEN.add("dead letter " + task);
		}

	}

}
