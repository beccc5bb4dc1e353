package io.hindspan.rabbit;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.aopalliance.aop.Advice;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.amqp.rabbit.retry.RepublishMessageRecoverer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
 * Tests for messages that are tried again: within a delivery, by another delivery, and by
 * another queue.
 */
class RabbitRetryTracingIntegrationTests {

	private static final String FAILURE = IllegalStateException.class.getName();

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = start("--hindspan.rabbit.max-attempts-in-trace=4");
	}

	private static ConfigurableApplicationContext start(String... args) {
		String[] all = new String[args.length + 3];
		all[0] = "--spring.rabbitmq.listener.simple.retry.enabled=true";
		all[1] = "--spring.rabbitmq.listener.simple.retry.initial-interval=1ms";
		all[2] = "--spring.rabbitmq.listener.simple.retry.max-retries=2";
		System.arraycopy(args, 0, all, 3, args.length);
		return RabbitApplication.start(receiver, AmqpServer.shared(), Application.class, all);
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

	@AfterEach
	void nothingIsLeftOnTheThreads() {
		assertThat(context.getBean(ThreadCheck.class).left()).isEmpty();
	}

	private static String send(String queue, String body) {
		return send(context, queue, body);
	}

	private static String send(ConfigurableApplicationContext context, String queue, String body) {
		Message message = MessageBuilder.withBody(body.getBytes()).setMessageId(queue + ' ' + body).build();
		return inTrace(context, () -> template(context).send(queue, message));
	}

	private static RecordedSpan attempt(RecordedTrace trace, String name, long number) {
		return trace.spans(name)
			.stream()
			.filter((span) -> Long.valueOf(number).equals(span.attribute("retry.attempt")))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void eachAttemptWithinADeliveryHasASpan() {
		String traceId = send("retry.stateless", "fail 2");
		RecordedTrace trace = receiver.awaitTrace(traceId, 9);
		assertThat(trace).matchesTree(span("root").with(span("retry.stateless publish", SpanKind.PRODUCER)
			.with(span("retry.stateless process", SpanKind.CONSUMER).status(StatusCode.UNSET)
				.with(span("retry.stateless attempt", SpanKind.CONSUMER).status(StatusCode.ERROR)
					.attribute("error.type", FAILURE)
					.with(span("work")),
						span("retry.stateless attempt", SpanKind.CONSUMER).status(StatusCode.ERROR)
							.attribute("retry.attempt", 2L)
							.attribute("retry.max_attempts", 3L)
							.attribute("retry.reason", FAILURE)
							.with(span("work")),
						span("retry.stateless attempt", SpanKind.CONSUMER).status(StatusCode.UNSET)
							.attribute("retry.attempt", 3L)
							.with(span("work")))
				.inOrder())));
		assertThat(trace).span("retry.stateless process").hasNoAttribute("retry.attempt", "hindspan.messaging.outcome");
		assertThat(trace.spans("retry.stateless attempt").get(0)).hasNoAttribute("retry.attempt", "retry.reason")
			.hasNoEvents();
		assertThat(trace.spans("work").get(0)).hasException(IllegalStateException.class);
	}

	@Test
	void republishingIsBeneathTheFailedDelivery() {
		String traceId = send("retry.stateless", "fail 3");
		RecordedTrace trace = receiver.awaitTrace(traceId, 11);
		RecordedSpan process = trace.span("retry.stateless process");
		assertThat(process).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", FAILURE)
			.hasAttribute("hindspan.messaging.outcome", "republish")
			.hasNoEvents();
		assertThat(trace.spans("retry.stateless attempt")).hasSize(3);
		assertThat(trace).span("retry.dead publish").hasKind(SpanKind.PRODUCER).isChildOf(process);
		assertThat(trace).span("retry.dead process")
			.isChildOf(trace.span("retry.dead publish"))
			.hasStatus(StatusCode.UNSET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "retry.stateless.reject", "retry.stateless.direct" })
	void exhaustedRetryMayReject(String queue) {
		String traceId = send(queue, "fail 9");
		RecordedTrace trace = receiver.awaitTrace(traceId, 9);
		assertThat(trace).span(queue + " process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", FAILURE)
			.hasAttribute("hindspan.messaging.outcome", "dead_letter")
			.hasNoEvents();
		assertThat(trace.spans(queue + " attempt")).hasSize(3).allMatch(RecordedSpan::isError);
	}

	@Test
	void containerMadeByHandIsTraced() {
		String traceId = send("retry.container", "fail 1");
		RecordedTrace trace = receiver.awaitTrace(traceId, 7);
		assertThat(trace.spans("retry.container attempt")).hasSize(2);
		assertThat(attempt(trace, "retry.container attempt", 2)).hasAttribute("retry.max_attempts", 6L)
			.hasAttribute("retry.reason", FAILURE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "retry.simple", "retry.direct" })
	void eachDeliveryIsAnAttempt(String queue) {
		String traceId = send(queue, "fail 2");
		RecordedTrace trace = receiver.awaitTrace(traceId, 8);
		RecordedSpan publish = trace.span(queue + " publish");
		String name = queue + " process";
		assertThat(trace.spans(name)).hasSize(3).allSatisfy((delivery) -> assertThat(delivery).isChildOf(publish));
		assertThat(trace.spans(name).get(0)).hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "requeue")
			.hasNoAttribute("retry.attempt", "retry.reason");
		assertThat(attempt(trace, name, 2)).hasStatus(StatusCode.ERROR)
			.hasAttribute("retry.reason", FAILURE)
			.hasAttribute("hindspan.messaging.outcome", "requeue")
			.hasNoAttribute("retry.max_attempts");
		assertThat(attempt(trace, name, 3)).hasStatus(StatusCode.UNSET)
			.hasAttribute("retry.reason", FAILURE)
			.hasNoAttribute("hindspan.messaging.outcome");
	}

	@ParameterizedTest
	@ValueSource(strings = { "retry.simple", "retry.direct" })
	void rejectedMessageIsADeadLetter(String queue) {
		String traceId = send(queue, "reject");
		assertThat(receiver.awaitTrace(traceId, 4)).span(queue + " process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "dead_letter")
			.hasAttribute("error.type", AmqpRejectAndDontRequeueException.class.getName());
	}

	@Test
	void messageThatCannotBeConvertedIsADeadLetter() {
		Message message = MessageBuilder.withBody("no number".getBytes()).setContentType("text/plain").build();
		String traceId = inTrace(context, () -> template(context).send("retry.number", message));
		assertThat(receiver.awaitTrace(traceId, 3)).span("retry.number process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "dead_letter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "retry.rejecting.simple", "retry.rejecting.direct" })
	void containerMayRejectByDefault(String queue) {
		String traceId = send(queue, "fail 1");
		assertThat(receiver.awaitTrace(traceId, 4)).span(queue + " process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "dead_letter")
			.hasAttribute("error.type", FAILURE);
	}

	@Test
	void listenerMayAskForAnotherDelivery() {
		String traceId = send("retry.rejecting.simple", "requeue");
		RecordedTrace trace = receiver.awaitTrace(traceId, 6);
		assertThat(trace.spans("retry.rejecting.simple process").get(0)).hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "requeue");
		assertThat(attempt(trace, "retry.rejecting.simple process", 2))
			.hasAttribute("retry.reason", ImmediateRequeueAmqpException.class.getName())
			.hasStatus(StatusCode.UNSET);
	}

	@Test
	void listenerMayAskForNone() {
		String traceId = send("retry.simple", "acknowledge");
		assertThat(receiver.awaitTrace(traceId, 4)).span("retry.simple process")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "discard");
	}

	@Test
	void retryWithStateCountsDeliveries() {
		String traceId = send("retry.stateful", "fail 9");
		RecordedTrace trace = receiver.awaitTrace(traceId, 11);
		List<RecordedSpan> deliveries = trace.spans("retry.stateful process");
		assertThat(deliveries).hasSize(4);
		for (int i = 0; i < 3; i++) {
			assertThat(deliveries.get(i)).hasStatus(StatusCode.ERROR)
				.hasAttribute("hindspan.messaging.outcome", "requeue")
				.hasAttribute("error.type", FAILURE);
		}
		assertThat(deliveries.get(2)).hasAttribute("retry.attempt", 3L).hasAttribute("retry.max_attempts", 3L);
		assertThat(deliveries.get(3)).hasStatus(StatusCode.ERROR)
			.hasNoAttribute("retry.attempt")
			.hasAttribute("hindspan.messaging.outcome", "republish")
			.hasAttribute("error.type", FAILURE);
		assertThat(trace).span("retry.dead publish").isChildOf(deliveries.get(3));
	}

	@Test
	void requeueStormIsBounded() {
		String traceId = send("retry.simple", "fail 6");
		RecordedTrace trace = receiver.awaitTrace(traceId, 10);
		RecordedSpan publish = trace.span("retry.simple publish");
		Awaitility.await()
			.atMost(OtlpReceiver.TIMEOUT)
			.untilAsserted(
					() -> assertThat(receiver.spans((span) -> span.name().equals("retry.simple process"))).hasSize(7));
		assertThat(receiver.awaitTrace(traceId, 10).spans("retry.simple process")).hasSize(4);
		List<RecordedSpan> others = receiver
			.spans((span) -> span.name().equals("retry.simple process") && !span.traceId().equals(traceId));
		assertThat(others).hasSize(3)
			.allSatisfy((delivery) -> assertThat(delivery).isRoot().hasLinkTo(publish).hasLinkCount(1));
		assertThat(others).extracting(RecordedSpan::traceId).doesNotHaveDuplicates();
		assertThat(others).extracting((span) -> span.attribute("retry.attempt")).containsExactlyInAnyOrder(5L, 6L, 7L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "--hindspan.rabbit.enabled=false", "--management.tracing.sampling.probability=0" })
	void tracingChangesNothing(String withoutSpans) {
		List<String> traced = calls(context);
		try (ConfigurableApplicationContext untraced = start(withoutSpans)) {
			// The first application would take its messages
			context.getBean(RabbitListenerEndpointRegistry.class).stop();
			context.getBean(SimpleMessageListenerContainer.class).stop();
			assertThat(calls(untraced)).isEqualTo(traced);
		}
		finally {
			context.getBean(RabbitListenerEndpointRegistry.class).start();
			context.getBean(SimpleMessageListenerContainer.class).start();
		}
	}

	private static List<String> calls(ConfigurableApplicationContext context) {
		Listeners listeners = context.getBean(Listeners.class);
		listeners.calls.clear();
		listeners.failures.clear();
		await(context, "retry.stateless", "fail 3 parity", 4);
		await(context, "retry.simple", "fail 2 parity", 3);
		await(context, "retry.direct", "fail 2 parity", 3);
		await(context, "retry.rejecting.simple", "fail 1 parity", 1);
		await(context, "retry.simple", "acknowledge parity", 1);
		await(context, "retry.stateful", "fail 9 parity", 4);
		await(context, "retry.container", "fail 1 parity", 2);
		return List.copyOf(listeners.calls);
	}

	private static void await(ConfigurableApplicationContext context, String queue, String body, int calls) {
		Listeners listeners = context.getBean(Listeners.class);
		int before = listeners.calls.size();
		send(context, queue, body);
		Awaitility.await()
			.atMost(OtlpReceiver.TIMEOUT)
			.untilAsserted(() -> assertThat(listeners.calls).hasSize(before + calls));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Declarables queues() {
			return new Declarables(List
				.of("retry.stateless", "retry.stateless.reject", "retry.stateless.direct", "retry.dead", "retry.simple",
						"retry.direct", "retry.number", "retry.rejecting.simple", "retry.rejecting.direct",
						"retry.stateful", "retry.container")
				.stream()
				.map(RabbitApplication::queue)
				.toArray(Queue[]::new));
		}

		@Bean
		ThreadCheck threadCheck() {
			return new ThreadCheck();
		}

		@Bean
		MessageRecoverer recoverer(RabbitTemplate template) {
			return new RepublishMessageRecoverer(template, "", "retry.dead");
		}

		@Bean
		SimpleRabbitListenerContainerFactory simple(ConnectionFactory connectionFactory, ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			factory.setContainerCustomizer((container) -> container.setMessagePropertiesConverter(check));
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory direct(ConnectionFactory connectionFactory, ThreadCheck check) {
			DirectRabbitListenerContainerFactory factory = new DirectRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			factory.setContainerCustomizer((container) -> container.setMessagePropertiesConverter(check));
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory rejectingSimple(ConnectionFactory connectionFactory, ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = simple(connectionFactory, check);
			factory.setDefaultRequeueRejected(false);
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory rejectingDirect(ConnectionFactory connectionFactory, ThreadCheck check) {
			DirectRabbitListenerContainerFactory factory = direct(connectionFactory, check);
			factory.setDefaultRequeueRejected(false);
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory stateful(ConnectionFactory connectionFactory, ThreadCheck check,
				MessageRecoverer recoverer) {
			SimpleRabbitListenerContainerFactory factory = simple(connectionFactory, check);
			factory.setAdviceChain(RetryInterceptorBuilder.stateful().maxRetries(2).recoverer(recoverer).build());
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory statelessRejecting(ConnectionFactory connectionFactory,
				ThreadCheck check) {
			SimpleRabbitListenerContainerFactory factory = simple(connectionFactory, check);
			factory.setAdviceChain(rejecting());
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory statelessDirect(ConnectionFactory connectionFactory, ThreadCheck check) {
			DirectRabbitListenerContainerFactory factory = direct(connectionFactory, check);
			factory.setAdviceChain(rejecting());
			return factory;
		}

		private static Advice rejecting() {
			return RetryInterceptorBuilder.stateless()
				.maxRetries(2)
				.backOffOptions(1, 1, 1)
				.recoverer(new RejectAndDontRequeueRecoverer())
				.build();
		}

		@Bean
		SimpleMessageListenerContainer container(ConnectionFactory connectionFactory, ThreadCheck check,
				Listeners listeners) {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connectionFactory);
			container.setQueueNames("retry.container");
			container.setMessagePropertiesConverter(check);
			container.setAdviceChain(RetryInterceptorBuilder.stateless().maxRetries(5).backOffOptions(1, 1, 1).build());
			container.setMessageListener((MessageListener) listeners::handle);
			return container;
		}

		@Bean
		Listeners listeners(ObservationRegistry registry) {
			return new Listeners(registry);
		}

	}

	static class Listeners {

		private final Map<String, Integer> failures = new ConcurrentHashMap<>();

		private final List<String> calls = new CopyOnWriteArrayList<>();

		private final ObservationRegistry registry;

		Listeners(ObservationRegistry registry) {
			this.registry = registry;
		}

		@RabbitListener(queues = "retry.stateless")
		void stateless(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.stateless.reject", containerFactory = "statelessRejecting")
		void statelessRejecting(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.stateless.direct", containerFactory = "statelessDirect")
		void statelessDirect(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.simple", containerFactory = "simple")
		void simple(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.direct", containerFactory = "direct")
		void direct(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.rejecting.simple", containerFactory = "rejectingSimple")
		void rejectingSimple(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.rejecting.direct", containerFactory = "rejectingDirect")
		void rejectingDirect(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.stateful", containerFactory = "stateful")
		void stateful(Message message) {
			handle(message);
		}

		@RabbitListener(queues = "retry.number", containerFactory = "simple")
		void number(UUID number) {
		}

		@RabbitListener(queues = "retry.dead", containerFactory = "simple")
		void dead(Message message) {
			this.calls.add("dead " + new String(message.getBody()));
		}

		void handle(Message message) {
			Observation.createNotStarted("work", this.registry).observe(() -> {
				String queue = message.getMessageProperties().getConsumerQueue();
				String body = new String(message.getBody());
				this.calls.add(queue + ' ' + body + ' ' + message.getMessageProperties().isRedelivered());
				int before = this.failures.merge(queue + body, 1, Integer::sum) - 1;
				String[] words = body.split(" ");
				switch (words[0]) {
					case "reject" -> throw new AmqpRejectAndDontRequeueException("no task");
					case "acknowledge" -> throw new ImmediateAcknowledgeAmqpException("no task");
					case "requeue" -> {
						if (before == 0) {
							throw new ImmediateRequeueAmqpException("not yet");
						}
					}
					default -> {
						if (before < Integer.parseInt(words[1])) {
							throw new IllegalStateException("attempt failed");
						}
					}
				}
			});
		}

	}

}
