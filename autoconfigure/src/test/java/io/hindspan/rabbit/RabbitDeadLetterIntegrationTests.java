package io.hindspan.rabbit;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.trace.StatusCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

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
 * Tests for what the broker does with messages that were refused: dead-letter exchanges
 * and quorum queues.
 */
@EnabledIfSystemProperty(named = "hindspan.test.servers", matches = "external",
		disabledReason = "Only RabbitMQ itself has dead-letter exchanges and quorum queues")
class RabbitDeadLetterIntegrationTests {

	private static final String QUEUES = "dead." + UUID.randomUUID();

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = start("--hindspan.rabbit.max-attempts-in-trace=4");
	}

	private static ConfigurableApplicationContext start(String... args) {
		String[] all = new String[args.length + 1];
		all[0] = "--queues=" + QUEUES;
		System.arraycopy(args, 0, all, 1, args.length);
		return RabbitApplication.start(receiver, AmqpServer.shared(), Application.class, all);
	}

	@AfterAll
	static void stop() {
		List<Queue> queues = context.getBean(Declarables.class).getDeclarablesByType(Queue.class);
		context.close();
		try (ConfigurableApplicationContext cleaning = start("--spring.rabbitmq.listener.simple.auto-startup=false")) {
			RabbitAdmin admin = cleaning.getBean(RabbitAdmin.class);
			queues.forEach((queue) -> admin.deleteQueue(queue.getName()));
		}
		receiver.close();
	}

	private static String send(String queue, String body) {
		return inTrace(context, () -> template(context).convertAndSend(QUEUES + queue, body));
	}

	@Test
	void deadLetterStaysInTheTrace() {
		String traceId = send(".task", "reject");
		RecordedTrace trace = receiver.awaitTrace(traceId, 4);
		RecordedSpan publish = trace.span(QUEUES + ".task publish");
		assertThat(trace).span(QUEUES + ".task process")
			.isChildOf(publish)
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("hindspan.messaging.outcome", "dead_letter");
		assertThat(trace.spans((span) -> span.name().endsWith(".letter process"))).singleElement()
			.satisfies((letter) -> assertThat(letter).isChildOf(publish)
				.hasStatus(StatusCode.UNSET)
				.hasNoAttribute("retry.attempt", "retry.reason"));
	}

	@Test
	void loopOfDeadLettersCountsAttempts() {
		String traceId = send(".loop", "fail 2");
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		List<RecordedSpan> attempts = trace.spans((span) -> span.name().endsWith(".loop process"));
		assertThat(attempts).hasSize(3)
			.allSatisfy((attempt) -> assertThat(attempt).isChildOf(trace.span(QUEUES + ".loop publish")));
		assertThat(attempts.get(0)).hasNoAttribute("retry.attempt", "retry.reason");
		assertThat(attempts.get(1)).hasAttribute("retry.attempt", 2L)
			.hasAttribute("retry.reason", IllegalStateException.class.getName());
		assertThat(attempts.get(2)).hasAttribute("retry.attempt", 3L).hasStatus(StatusCode.UNSET);
	}

	@ParameterizedTest
	@ValueSource(strings = { ".quorum", ".classic" })
	void redeliveriesAreCounted(String queue) {
		String traceId = send(queue, "requeue 6");
		RecordedTrace trace = receiver.awaitTrace(traceId, 6);
		RecordedSpan publish = trace.span(QUEUES + queue + " publish");
		Awaitility.await()
			.atMost(OtlpReceiver.TIMEOUT)
			.untilAsserted(() -> assertThat(receiver.spans((span) -> span.name().equals(QUEUES + queue + " process")))
				.hasSize(7));
		List<RecordedSpan> inTrace = receiver.awaitTrace(traceId, 6).spans(QUEUES + queue + " process");
		assertThat(inTrace).extracting((span) -> span.attribute("retry.attempt")).containsExactly(null, 2L, 3L, 4L);
		assertThat(receiver
			.spans((span) -> span.name().equals(QUEUES + queue + " process") && !span.traceId().equals(traceId)))
			.hasSize(3)
			.allSatisfy((attempt) -> assertThat(attempt).isRoot().hasLinkTo(publish))
			.extracting((span) -> span.attribute("retry.attempt"))
			.containsExactlyInAnyOrder(5L, 6L, 7L);
	}

	@Test
	void expiredMessageIsNoFurtherAttempt() {
		String traceId = send(".delay", "fail 0");
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).matchesTree(span("root")
			.with(span(QUEUES + ".delay publish").with(span(QUEUES + ".classic process").status(StatusCode.UNSET))));
	}

	@Test
	void tracingChangesNothing() {
		List<String> traced = calls(context);
		context.getBean(RabbitListenerEndpointRegistry.class).stop();
		try (ConfigurableApplicationContext untraced = start("--hindspan.rabbit.enabled=false")) {
			assertThat(calls(untraced)).isEqualTo(traced);
		}
		finally {
			context.getBean(RabbitListenerEndpointRegistry.class).start();
		}
	}

	private static List<String> calls(ConfigurableApplicationContext context) {
		Listeners listeners = context.getBean(Listeners.class);
		listeners.calls.clear();
		await(context, ".task", "reject parity", 2);
		await(context, ".loop", "fail 2 parity", 3);
		await(context, ".quorum", "requeue 3 parity", 4);
		return List.copyOf(listeners.calls);
	}

	private static void await(ConfigurableApplicationContext context, String queue, String body, int calls) {
		Listeners listeners = context.getBean(Listeners.class);
		int before = listeners.calls.size();
		template(context).convertAndSend(QUEUES + queue, body);
		Awaitility.await()
			.atMost(OtlpReceiver.TIMEOUT)
			.untilAsserted(() -> assertThat(listeners.calls).hasSize(before + calls));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Declarables declarables(Environment environment) {
			String queues = environment.getRequiredProperty("queues");
			return new Declarables(
					QueueBuilder.durable(queues + ".task")
						.deadLetterExchange("")
						.deadLetterRoutingKey(queues + ".letter")
						.build(),
					QueueBuilder.durable(queues + ".letter").build(),
					QueueBuilder.durable(queues + ".quorum").quorum().build(),
					QueueBuilder.durable(queues + ".classic").build(),
					QueueBuilder.durable(queues + ".loop")
						.deadLetterExchange("")
						.deadLetterRoutingKey(queues + ".wait")
						.build(),
					QueueBuilder.durable(queues + ".wait")
						.ttl(10)
						.deadLetterExchange("")
						.deadLetterRoutingKey(queues + ".loop")
						.build(),
					QueueBuilder.durable(queues + ".delay")
						.ttl(10)
						.deadLetterExchange("")
						.deadLetterRoutingKey(queues + ".classic")
						.build());
		}

		@Bean
		Listeners listeners() {
			return new Listeners();
		}

	}

	static class Listeners {

		private final Map<String, Integer> failures = new ConcurrentHashMap<>();

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@RabbitListener(queues = { "${queues}.task", "${queues}.loop", "${queues}.quorum", "${queues}.classic" },
				concurrency = "1")
		void handle(Message message) {
			String queue = message.getMessageProperties().getConsumerQueue();
			String body = new String(message.getBody());
			this.calls.add(queue + ' ' + body + ' ' + message.getMessageProperties().isRedelivered());
			int before = this.failures.merge(queue + body, 1, Integer::sum) - 1;
			String[] words = body.split(" ");
			if (words[0].equals("reject")) {
				throw new AmqpRejectAndDontRequeueException("no task");
			}
			if (before < Integer.parseInt(words[1])) {
				IllegalStateException failure = new IllegalStateException("attempt failed");
				throw words[0].equals("requeue") ? failure : new AmqpRejectAndDontRequeueException(failure);
			}
		}

		@RabbitListener(queues = "${queues}.letter")
		void letter(Message message) {
			this.calls.add("letter " + new String(message.getBody()));
		}

	}

}
