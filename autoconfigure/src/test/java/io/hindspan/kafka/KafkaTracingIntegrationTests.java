package io.hindspan.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.FixedBackOff;
import reactor.core.publisher.Mono;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.kafka.TracedKafka.inTrace;
import static io.hindspan.kafka.TracedKafka.template;
import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for records that travel through a broker: with Spring Boot's beans and with the
 * application's own.
 */
class KafkaTracingIntegrationTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext springBoots;

	private static ConfigurableApplicationContext own;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		springBoots = start(SpringBootsBeans.class);
		own = start(OwnBeans.class);
	}

	private static ConfigurableApplicationContext start(Class<?> source, String... args) {
		return TracedKafka.start(receiver, source, args);
	}

	@AfterAll
	static void stop() {
		own.close();
		springBoots.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
		SpringBootsBeans.RECEIVED.clear();
	}

	@Test
	void severalStagesAreOneTrace() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.created", "key", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace)
			.matchesTree(span("root").with(span("tasks.created publish", SpanKind.PRODUCER).status(StatusCode.UNSET)
				.with(span("tasks.created process", SpanKind.CONSUMER).status(StatusCode.UNSET)
					.with(span("tasks.indexed publish", SpanKind.PRODUCER)
						.with(span("tasks.indexed process", SpanKind.CONSUMER))))));
		assertThat(SpringBootsBeans.RECEIVED).containsExactly("task 17", "indexed task 17");
	}

	@Test
	void spansTellWhatTheConventionsSay() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.created", "key", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace).span("tasks.created publish")
			.hasScope("io.hindspan.kafka")
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("messaging.system", "kafka", "messaging.destination.name", "tasks.created",
					"messaging.operation.type", "send", "messaging.operation.name", "publish"));
		RecordedSpan process = trace.span("tasks.created process");
		Map<String, Object> expected = new HashMap<>(Map.of("messaging.system", "kafka", "messaging.destination.name",
				"tasks.created", "messaging.operation.type", "process", "messaging.operation.name", "process",
				"messaging.destination.partition.id", "0", "messaging.message.body.size", 7L,
				"spring.kafka.listener.id", "worker-0"));
		for (String varying : List.of("messaging.kafka.offset", "messaging.client.id",
				"messaging.consumer.group.name")) {
			assertThat(process).hasAttribute(varying);
			expected.put(varying, process.attribute(varying));
		}
		assertThat(process).hasScope("io.hindspan.kafka").hasNoEvents().hasOnlyAttributes(expected);
		assertThat(process.attribute("messaging.kafka.offset")).isInstanceOf(Long.class);
		assertThat(process.parentIsRemote().orElse(true)).isTrue();
	}

	@Test
	void forwardedRecordCarriesOneContext() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.forward", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace).matchesTree(span("root")
			.with(span("tasks.forward publish").with(span("tasks.forward process").with(span("tasks.forwarded publish")
				.with(span("tasks.forwarded process").attribute("messaging.destination.name", "tasks.forwarded"))))));
		RecordedSpan second = trace.span("tasks.forwarded publish");
		assertThat(SpringBootsBeans.RECEIVED).singleElement()
			.asString()
			.matches("00-" + traceId + "-" + second.spanId() + "-0[13]");
	}

	@Test
	void recordIsSentTwice() {
		ProducerRecord<Object, Object> record = new ProducerRecord<>("tasks.twice", "task 17");
		String first = inTrace(springBoots, () -> template(springBoots).send(record).join());
		String second = inTrace(springBoots, () -> template(springBoots).send(record).join());
		assertThat(receiver.awaitTrace(second, 2)).matchesTree(span("root").with(span("tasks.twice publish")));
		assertThat(receiver.awaitTrace(first, 2)).matchesTree(span("root").with(span("tasks.twice publish")));
		assertThat(record.headers().headers("traceparent")).hasSize(1);
	}

	@Test
	void failedAttemptIsAnErrorAndTheNextOneASibling() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.failing", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 4);
		RecordedSpan publish = trace.span("tasks.failing publish");
		List<RecordedSpan> attempts = trace.spans("tasks.failing process");
		assertThat(attempts).hasSize(2).allSatisfy((attempt) -> assertThat(attempt).isChildOf(publish));
		RecordedSpan failed = attempts.stream().filter(RecordedSpan::isError).findFirst().orElseThrow();
		assertThat(failed).hasAttribute("error.type", IllegalStateException.class.getName())
			.hasStatusMessage("first attempt")
			.hasException(IllegalStateException.class);
		assertThat(failed.events()).hasSize(1);
		assertThat(attempts.stream().filter((attempt) -> !attempt.isError())).hasSize(1);
	}

	@Test
	void futureEndsTheSpan() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.future", "task 17"));
		Awaitility.await().until(() -> SpringBootsBeans.FUTURE.getNumberOfDependents() > 0);
		RecordedTrace trace = receiver.awaitTrace(traceId, 2);
		assertThat(trace).hasNoSpanNamed("tasks.future process");
		SpringBootsBeans.FUTURE.completeExceptionally(new IllegalStateException("too late"));
		trace = receiver.awaitTrace(traceId, 3);
		// The error handler has the record delivered once more
		assertThat(trace.spans("tasks.future process").get(0)).isChildOf(trace.span("tasks.future publish"))
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void monoEndsTheSpan() {
		String traceId = inTrace(springBoots, () -> template(springBoots).send("tasks.mono", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 3)).matchesTree(span("root")
			.with(span("tasks.mono publish").with(span("tasks.mono process").status(StatusCode.UNSET))));
	}

	@Test
	void unsampledTraceIsPassedOnThroughTheBroker() {
		try (ConfigurableApplicationContext context = start(OwnBeans.class,
				"--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.enabled=false")) {
			String traceId = inTrace(context, () -> template(context).send("own.container", "task 17"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(SpringBootsBeans.RECEIVED)
					.anySatisfy((header) -> assertThat(header).matches("00-" + traceId + "-.*-0[02]")));
			assertThat(receiver.spans((span) -> span.traceId().equals(traceId))).isEmpty();
		}
	}

	@Test
	void theApplicationsOwnBeansAreTraced() {
		String traceId = inTrace(own, () -> template(own).send("own.created", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 3))
			.matchesTree(span("root").with(span("own.created publish", SpanKind.PRODUCER)
				.with(span("own.created process", SpanKind.CONSUMER).attribute("spring.kafka.listener.id", "own-0"))));
	}

	@Test
	void containerMadeByHandIsTraced() {
		String traceId = inTrace(own, () -> template(own).send("own.container", "fail"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).span("own.container process")
			.hasKind(SpanKind.CONSUMER)
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalArgumentException.class.getName())
			.hasException(IllegalArgumentException.class);
	}

	@Test
	void requestAndReplyAreOneTrace() throws Exception {
		ReplyingKafkaTemplate<Object, Object, Object> template = replyingTemplate();
		assertThat(template.waitForAssignment(Duration.ofSeconds(20))).isTrue();
		CompletableFuture<String> reply = new CompletableFuture<>();
		String traceId = inTrace(own,
				() -> template.sendAndReceive(new ProducerRecord<>("own.request", "task 17"), Duration.ofSeconds(20))
					.whenComplete((record, ex) -> reply.complete((String) record.value())));
		assertThat(reply.get(20, TimeUnit.SECONDS)).isEqualTo("reply to task 17");
		assertThat(receiver.awaitTrace(traceId, 5)).matchesTree(span("root").with(span("own.request publish")
			.with(span("own.request process").with(span("own.reply publish").with(span("own.reply process"))))));
	}

	@SuppressWarnings("unchecked")
	private ReplyingKafkaTemplate<Object, Object, Object> replyingTemplate() {
		return own.getBean(ReplyingKafkaTemplate.class);
	}

	@Test
	@SuppressWarnings("unchecked")
	void transactionIsTraced() {
		KafkaTemplate<Object, Object> template = own.getBean("transactionalTemplate", KafkaTemplate.class);
		TransactionTemplate transaction = new TransactionTemplate(own.getBean(KafkaTransactionManager.class));
		String traceId = inTrace(own, () -> transaction.execute((status) -> {
			template.send("own.created", "in");
			template.send("own.created", "transaction");
			return null;
		}));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace).hasNoErrors();
		assertThat(trace.spans("own.created process")).hasSize(2);
	}

	@Test
	void noRecordMakesAnAdminClient() {
		CountedAdmins.COUNT.set(0);
		try (ConfigurableApplicationContext context = start(CountedListener.class,
				"--spring.kafka.listener.observation-enabled=true")) {
			String traceId = inTrace(context, () -> template(context).send("tasks.counted", "task 17"));
			receiver.awaitTrace(traceId, 3);
			assertThat(CountedAdmins.COUNT).hasValue(0);
		}
	}

	@Test
	void recordsMakeAdminClientsInPlainSpringBoot() {
		CountedAdmins.COUNT.set(0);
		try (ConfigurableApplicationContext context = start(CountedListener.class, "--hindspan.kafka.enabled=false",
				"--spring.kafka.listener.observation-enabled=true")) {
			template(context).send("tasks.counted", "task 17");
			Awaitility.await().untilAsserted(() -> assertThat(SpringBootsBeans.RECEIVED).contains("task 17"));
			assertThat(CountedAdmins.COUNT).hasPositiveValue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SpringBootsBeans {

		static final List<String> RECEIVED = new CopyOnWriteArrayList<>();

		static final CompletableFuture<String> FUTURE = new CompletableFuture<>();

		private final AtomicInteger attempts = new AtomicInteger();

		@Bean
		DefaultErrorHandler errorHandler() {
			return new DefaultErrorHandler(new FixedBackOff(0, 1));
		}

		@Bean
		Listeners listeners(KafkaTemplate<Object, Object> template) {
			return new Listeners(template);
		}

		@KafkaListener(topics = "tasks.failing")
		void fail(String task) {
			if (this.attempts.getAndIncrement() == 0) {
				throw new IllegalStateException("first attempt");
			}
		}

		@KafkaListener(topics = "tasks.future")
		CompletableFuture<String> future(String task) {
			return FUTURE;
		}

		@KafkaListener(topics = "tasks.mono")
		Mono<Void> mono(String task) {
			return Mono.delay(Duration.ofMillis(20)).then();
		}

		@KafkaListener(topics = "tasks.indexed", id = "indexer")
		void index(String task) {
			RECEIVED.add(task);
		}

		@KafkaListener(topics = "tasks.forwarded")
		void forwarded(ConsumerRecord<String, String> record) {
			for (Header header : record.headers().headers("traceparent")) {
				RECEIVED.add(new String(header.value(), StandardCharsets.UTF_8));
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class CountedListener {

		@KafkaListener(topics = "tasks.counted")
		void process(String task) {
			SpringBootsBeans.RECEIVED.add(task);
		}

	}

	static class Listeners {

		private final KafkaTemplate<Object, Object> template;

		Listeners(KafkaTemplate<Object, Object> template) {
			this.template = template;
		}

		@KafkaListener(topics = "tasks.created", id = "worker")
		void create(String task) {
			SpringBootsBeans.RECEIVED.add(task);
			this.template.send("tasks.indexed", "indexed " + task);
		}

		@KafkaListener(topics = "tasks.forward")
		void forward(ConsumerRecord<String, String> record) {
			this.template
				.send(new ProducerRecord<>("tasks.forwarded", null, record.key(), record.value(), record.headers()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnBeans {

		private final Map<String, Object> producer;

		OwnBeans(KafkaProperties properties) {
			this.producer = properties.buildProducerProperties();
		}

		@Bean
		ProducerFactory<Object, Object> producerFactory() {
			return new DefaultKafkaProducerFactory<>(this.producer);
		}

		@Bean
		KafkaTemplate<Object, Object> kafkaTemplate(ProducerFactory<Object, Object> producerFactory) {
			return new KafkaTemplate<>(producerFactory);
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
				ConsumerFactory<Object, Object> consumerFactory, KafkaTemplate<Object, Object> kafkaTemplate) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumerFactory);
			factory.setReplyTemplate(kafkaTemplate);
			return factory;
		}

		@Bean
		KafkaMessageListenerContainer<Object, Object> ownContainer(ConsumerFactory<Object, Object> consumerFactory) {
			ContainerProperties properties = new ContainerProperties("own.container");
			properties.setGroupId(UUID.randomUUID().toString());
			properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
				SpringBootsBeans.RECEIVED
					.add(new String(record.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8));
				if ("fail".equals(record.value())) {
					throw new IllegalArgumentException("no task");
				}
			});
			KafkaMessageListenerContainer<Object, Object> container = new KafkaMessageListenerContainer<>(
					consumerFactory, properties);
			container.setCommonErrorHandler(new DefaultErrorHandler(new FixedBackOff(0, 0)));
			return container;
		}

		@Bean
		ConcurrentMessageListenerContainer<Object, Object> replyContainer(
				ConcurrentKafkaListenerContainerFactory<Object, Object> factory) {
			ConcurrentMessageListenerContainer<Object, Object> container = factory.createContainer("own.reply");
			container.getContainerProperties().setGroupId(UUID.randomUUID().toString());
			container.setAutoStartup(false);
			return container;
		}

		@Bean
		ReplyingKafkaTemplate<Object, Object, Object> replyingTemplate(ProducerFactory<Object, Object> producerFactory,
				ConcurrentMessageListenerContainer<Object, Object> replyContainer) {
			return new ReplyingKafkaTemplate<>(producerFactory, replyContainer);
		}

		@Bean
		DefaultKafkaProducerFactory<Object, Object> transactionalProducerFactory() {
			DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(this.producer);
			factory.setTransactionIdPrefix("tx-" + UUID.randomUUID());
			return factory;
		}

		@Bean
		KafkaTemplate<Object, Object> transactionalTemplate(
				ProducerFactory<Object, Object> transactionalProducerFactory) {
			return new KafkaTemplate<>(transactionalProducerFactory);
		}

		@Bean
		KafkaTransactionManager<Object, Object> kafkaTransactionManager(
				ProducerFactory<Object, Object> transactionalProducerFactory) {
			return new KafkaTransactionManager<>(transactionalProducerFactory);
		}

		@KafkaListener(topics = "own.created", id = "own")
		void process(String task) {
		}

		@KafkaListener(topics = "own.request")
		@SendTo
		String reply(String task) {
			return "reply to " + task;
		}

	}

}
