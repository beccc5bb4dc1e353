package io.hindspan.rabbit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SpanLimits;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.batch.SimpleBatchingStrategy;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.BatchingRabbitTemplate;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.hindspan.rabbit.RabbitApplication.ThreadCheck;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.AmqpServer;

import static io.hindspan.rabbit.RabbitApplication.inTrace;
import static io.hindspan.rabbit.RabbitApplication.template;
import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for batches: those that a container collects, and those that a template does.
 */
class RabbitBatchTracingIntegrationTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = RabbitApplication.start(receiver, AmqpServer.shared(), Application.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
		context.getBean(Listeners.class).received.clear();
	}

	@AfterEach
	void nothingIsLeftOnTheThreads() {
		assertThat(context.getBean(ThreadCheck.class).left()).isEmpty();
	}

	/**
	 * Sends messages while the listener is stopped, so that they are one batch.
	 */
	private static List<RecordedSpan> sendBatch(String listener, String... bodies) {
		RabbitListenerEndpointRegistry registry = context.getBean(RabbitListenerEndpointRegistry.class);
		registry.getListenerContainer(listener).stop();
		List<String> traceIds = new ArrayList<>();
		for (String body : bodies) {
			traceIds.add(inTrace(context, () -> template(context).send(listener, message(body))));
		}
		registry.getListenerContainer(listener).start();
		return traceIds.stream().map((traceId) -> receiver.awaitTrace(traceId, 2).span(listener + " publish")).toList();
	}

	private static Message message(String body) {
		return MessageBuilder.withBody(body.getBytes()).setContentType("text/plain").setMessageId(body).build();
	}

	private static RecordedTrace awaitBatch(String listener, int spans) {
		return receiver
			.awaitTrace((trace) -> trace.spans().size() == spans && !trace.spans(listener + " process").isEmpty());
	}

	@Test
	void batchIsASpanLinkedToAllSenders() {
		List<RecordedSpan> senders = sendBatch("batch.consumer", "one", "two", "three");
		RecordedTrace trace = awaitBatch("batch.consumer", 3);
		assertThat(trace).matchesTree(span("batch.consumer process", SpanKind.CONSUMER).status(StatusCode.UNSET)
			.with(span("batch.done publish").with(span("batch.done process"))));
		RecordedSpan batch = trace.span("batch.consumer process");
		assertThat(batch).isRoot()
			.hasScope("io.hindspan.rabbit")
			.hasLinkCount(3)
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("messaging.system", "rabbitmq", "messaging.destination.name", "batch.consumer",
					"messaging.operation.type", "process", "messaging.operation.name", "process",
					"messaging.batch.message_count", 3L));
		senders.forEach((sender) -> assertThat(batch).hasLinkTo(sender));
	}

	@Test
	void linksOverTheLimitAreCounted() {
		sendBatch("batch.consumer", "one", "two", "three", "four", "five", "six");
		RecordedSpan batch = awaitBatch("batch.consumer", 3).span("batch.consumer process");
		assertThat(batch).hasLinkCount(4)
			.hasAttribute("messaging.batch.message_count", 6L)
			.hasAttribute("hindspan.messaging.links.dropped", 2L);
		assertThat(batch.dropped().links()).isZero();
	}

	@Test
	void failedBatchIsAnError() {
		sendBatch("batch.rejecting", "one", "fail");
		assertThat(awaitBatch("batch.rejecting", 1)).span("batch.rejecting process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasAttribute("hindspan.messaging.outcome", "dead_letter")
			.hasException(IllegalStateException.class);
	}

	@Test
	void batchThatComesAgainIsAnAttempt() {
		sendBatch("batch.consumer", "one", "fail once");
		RecordedSpan again = awaitBatch("batch.consumer", 3).span("batch.consumer process");
		assertThat(again).hasStatus(StatusCode.UNSET)
			.hasAttribute("retry.attempt", 2L)
			.hasAttribute("retry.reason", IllegalStateException.class.getName());
		assertThat(receiver.awaitSpan((span) -> span.name().equals("batch.consumer process") && span.isError()))
			.hasAttribute("hindspan.messaging.outcome", "requeue");
	}

	@Test
	void attemptsAreBeneathTheBatch() {
		List<RecordedSpan> sent = sendBatch("batch.retried", "one", "fail once");
		RecordedTrace batch = receiver
			.awaitTrace((trace) -> trace.spans().size() == 3 && trace.spans("batch.retried attempt").size() == 2);
		assertThat(batch).matchesTree(span("batch.retried process").status(StatusCode.UNSET)
			.with(span("batch.retried attempt").status(StatusCode.ERROR),
					span("batch.retried attempt").status(StatusCode.UNSET)
						.attribute("retry.attempt", 2L)
						.attribute("retry.max_attempts", 4L)));
		RecordedSpan message = receiver.awaitTrace(sent.get(0).traceId(), 3).span("batch.retried process");
		assertThat(message).isChildOf(sent.get(0))
			.hasAttribute("messaging.message.id", "one")
			.hasLinkTo(batch.spans("batch.retried attempt").get(1));
	}

	@Test
	void eachMessageMayHaveASpan() {
		String traceId;
		RabbitListenerEndpointRegistry registry = context.getBean(RabbitListenerEndpointRegistry.class);
		registry.getListenerContainer("batch.records").stop();
		try (Scope scope = Context.root()
			.with(Baggage.builder().put("tenant", "x".repeat(1500)).build())
			.makeCurrent()) {
			traceId = inTrace(context, () -> {
				template(context).send("batch.records", message("one"));
				template(context).send("batch.records", message("fail"));
			});
		}
		registry.getListenerContainer("batch.records").start();
		RecordedSpan batch = awaitBatch("batch.records", 1).roots().get(0);
		assertThat(batch).hasLinkCount(2).hasStatus(StatusCode.UNSET);
		RecordedTrace trace = receiver.awaitTrace(traceId, 6);
		List<RecordedSpan> sent = trace.spans("batch.records publish");
		RecordedSpan one = trace.children(sent.get(0)).get(0);
		RecordedSpan failed = trace.children(sent.get(1)).get(0);
		assertThat(List.of(one, failed)).allSatisfy((message) -> assertThat(message).hasName("batch.records process")
			.hasKind(SpanKind.CONSUMER)
			.hasLinkCount(1)
			.hasLinkTo(batch));
		assertThat(one).hasStatus(StatusCode.UNSET).hasAttribute("messaging.message.id", "one");
		assertThat(failed).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName());
		assertThat(trace).span("batch.done publish").isChildOf(one);
		assertThat(context.getBean(Listeners.class).received).contains("tenant of 1500");
	}

	@Test
	void polledMessageMayContinueItsTrace() {
		String traceId = inTrace(context, () -> template(context).send("batch.polled", message("one")));
		Message polled = template(context).receive("batch.polled", 10_000);
		String result = context.getBean(RabbitBatchTracing.class)
			.process(polled, () -> Span.current().getSpanContext().getTraceId());
		assertThat(result).isEqualTo(traceId);
		assertThat(Context.current()).isSameAs(Context.root());
		assertThat(receiver.awaitTrace(traceId, 3)).matchesTree(
				span("root").with(span("batch.polled publish").with(span("batch.polled process", SpanKind.CONSUMER))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "batch.simple.list", "batch.direct.list" })
	void batchOfATemplateIsASpanForAListener(String queue) {
		String traceId = sendByBatchingTemplate(queue);
		RecordedSpan publish = receiver.awaitTrace(traceId, 2).span(queue + " publish");
		assertThat(awaitBatch(queue, 1)).span(queue + " process")
			.isRoot()
			.hasAttribute("messaging.batch.message_count", 3L)
			.hasLinkCount(1)
			.hasLinkTo(publish);
		assertThat(context.getBean(Listeners.class).received).containsExactly("one", "two", "three");
	}

	@ParameterizedTest
	@ValueSource(strings = { "batch.simple.single", "batch.direct.single" })
	void batchOfATemplateIsASpanWhereItIsTakenApart(String queue) {
		String traceId = sendByBatchingTemplate(queue);
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).matchesTree(span("root").with(span(queue + " publish")
			.with(span(queue + " process").attribute("messaging.batch.message_count", 3L))));
		assertThat(context.getBean(Listeners.class).received).containsExactly("one", "two", "three");
	}

	private static String sendByBatchingTemplate(String queue) {
		BatchingRabbitTemplate template = context.getBean(BatchingRabbitTemplate.class);
		return inTrace(context,
				() -> List.of("one", "two", "three").forEach((body) -> template.send("", queue, message(body))));
	}

	@Test
	void withoutTracingBatchesAreTheSame() {
		sendBatch("batch.parity", "one", "two", "three");
		List<List<String>> traced = context.getBean(Listeners.class).compared;
		Awaitility.await().untilAsserted(() -> assertThat(traced).hasSize(2));
		RabbitListenerEndpointRegistry registry = context.getBean(RabbitListenerEndpointRegistry.class);
		registry.stop();
		context.getBean(RabbitAdmin.class).purgeQueue("batch.parity");
		try (ConfigurableApplicationContext untraced = RabbitApplication.start(receiver, AmqpServer.shared(),
				Application.class, "--hindspan.rabbit.enabled=false")) {
			RabbitListenerEndpointRegistry untracedRegistry = untraced.getBean(RabbitListenerEndpointRegistry.class);
			untracedRegistry.getListenerContainer("batch.parity").stop();
			List.of("one", "two", "three").forEach((body) -> template(untraced).send("batch.parity", message(body)));
			untracedRegistry.getListenerContainer("batch.parity").start();
			Awaitility.await()
				.untilAsserted(() -> assertThat(untraced.getBean(Listeners.class).compared).isEqualTo(traced));
			assertThat(untraced.getBeansOfType(RabbitBatchTracing.class)).containsOnlyKeys("untracedRabbitBatches");
		}
		finally {
			registry.start();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SpanLimits spanLimits() {
			return SpanLimits.builder().setMaxNumberOfLinks(4).build();
		}

		@Bean
		Declarables queues() {
			return new Declarables(List
				.of("batch.consumer", "batch.parity", "batch.rejecting", "batch.retried", "batch.records",
						"batch.polled", "batch.done", "batch.simple.list", "batch.direct.list", "batch.simple.single",
						"batch.direct.single")
				.stream()
				// Kept while a listener is stopped
				.map((name) -> new Queue(name, false, false, false))
				.toArray(Queue[]::new));
		}

		@Bean
		ThreadCheck threadCheck() {
			return new ThreadCheck();
		}

		@Bean
		RabbitTemplate rabbitTemplate(ConnectionFactory connectionFactory) {
			return new RabbitTemplate(connectionFactory);
		}

		@Bean
		BatchingRabbitTemplate batchingTemplate(ConnectionFactory connectionFactory) {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.initialize();
			return new BatchingRabbitTemplate(connectionFactory, new SimpleBatchingStrategy(3, 10_000, 0), scheduler);
		}

		@Bean
		SimpleRabbitListenerContainerFactory collecting(ConnectionFactory connectionFactory, ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			factory.setConsumerBatchEnabled(true);
			factory.setBatchListener(true);
			factory.setBatchSize(10);
			factory.setReceiveTimeout(300L);
			factory.setContainerCustomizer((container) -> container.setMessagePropertiesConverter(check));
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory rejecting(ConnectionFactory connectionFactory, ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = collecting(connectionFactory, check);
			factory.setDefaultRequeueRejected(false);
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory retrying(ConnectionFactory connectionFactory, ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = collecting(connectionFactory, check);
			factory.setAdviceChain(RetryInterceptorBuilder.stateless().backOffOptions(1, 1, 1).build());
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory simpleList(ConnectionFactory connectionFactory) {
			return list(new SimpleRabbitListenerContainerFactory(), connectionFactory);
		}

		@Bean
		DirectRabbitListenerContainerFactory directList(ConnectionFactory connectionFactory) {
			return list(new DirectRabbitListenerContainerFactory(), connectionFactory);
		}

		private static <F extends AbstractRabbitListenerContainerFactory<?>> F list(F factory,
				ConnectionFactory connectionFactory) {
			factory.setConnectionFactory(connectionFactory);
			factory.setBatchListener(true);
			factory.setDeBatchingEnabled(true);
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory simple(ConnectionFactory connectionFactory) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory direct(ConnectionFactory connectionFactory) {
			DirectRabbitListenerContainerFactory factory = new DirectRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			return factory;
		}

		@Bean
		Listeners listeners(@Qualifier("rabbitTemplate") RabbitTemplate template,
				ObjectProvider<RabbitBatchTracing> tracing) {
			return new Listeners(template, tracing.getIfAvailable());
		}

	}

	static class Listeners {

		private final List<String> received = new CopyOnWriteArrayList<>();

		private final List<List<String>> compared = new CopyOnWriteArrayList<>();

		private final RabbitTemplate template;

		private final RabbitBatchTracing tracing;

		private boolean failed;

		Listeners(RabbitTemplate template, RabbitBatchTracing tracing) {
			this.template = template;
			this.tracing = tracing;
		}

		@RabbitListener(id = "batch.consumer", queues = "batch.consumer", containerFactory = "collecting")
		void collected(List<String> bodies) {
			receive(bodies);
			this.template.convertAndSend("batch.done", bodies.get(0));
		}

		@RabbitListener(id = "batch.parity", queues = "batch.parity", containerFactory = "collecting")
		void parity(List<String> bodies) {
			this.compared.add(bodies);
			if (this.compared.size() == 1) {
				throw new IllegalStateException("no task yet");
			}
		}

		@RabbitListener(id = "batch.rejecting", queues = "batch.rejecting", containerFactory = "rejecting")
		void rejected(List<String> bodies) {
			receive(bodies);
		}

		@RabbitListener(id = "batch.retried", queues = "batch.retried", containerFactory = "retrying")
		void retried(List<Message> messages) {
			receive(messages.stream().map((message) -> new String(message.getBody())).toList());
			this.tracing.processRun(messages.get(0), () -> {
			});
		}

		@RabbitListener(id = "batch.records", queues = "batch.records", containerFactory = "collecting")
		void records(List<Message> messages) {
			for (Message message : messages) {
				try {
					this.tracing.processRun(message, () -> record(message));
				}
				catch (IllegalStateException ex) {
					this.received.add(ex.getMessage());
				}
			}
		}

		private void record(Message message) {
			this.received.add("tenant of " + Baggage.current().getEntryValue("tenant").length());
			if (new String(message.getBody()).equals("fail")) {
				throw new IllegalStateException("no task");
			}
			this.template.convertAndSend("batch.done", "one");
		}

		@RabbitListener(queues = "batch.simple.list", containerFactory = "simpleList")
		void simpleList(List<String> bodies) {
			this.received.addAll(bodies);
		}

		@RabbitListener(queues = "batch.direct.list", containerFactory = "directList")
		void directList(List<String> bodies) {
			this.received.addAll(bodies);
		}

		@RabbitListener(queues = "batch.simple.single", containerFactory = "simple")
		void simpleSingle(String body) {
			this.received.add(body);
		}

		@RabbitListener(queues = "batch.direct.single", containerFactory = "direct")
		void directSingle(String body) {
			this.received.add(body);
		}

		@RabbitListener(queues = "batch.done", containerFactory = "simple")
		void done(Message message) {
			MessageProperties properties = message.getMessageProperties();
			this.received.add("done " + properties.getConsumerQueue());
		}

		private void receive(List<String> bodies) {
			this.received.addAll(bodies);
			if (bodies.contains("fail")) {
				throw new IllegalStateException("no task");
			}
			if (bodies.stream().anyMatch((body) -> body.startsWith("fail once")) && !this.failed) {
				this.failed = true;
				throw new IllegalStateException("no task yet");
			}
			this.failed = false;
		}

	}

}
