package io.hindspan.rabbit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import com.rabbitmq.client.Channel;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Base64UrlNamingStrategy;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageSenderContext;
import org.springframework.amqp.rabbit.support.micrometer.RabbitTemplateObservationConvention;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.messaging.handler.annotation.SendTo;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.AmqpServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for messages that travel through a broker: with Spring Boot's beans and with the
 * application's own.
 */
class RabbitTracingIntegrationTests {

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
		AmqpServer server = AmqpServer.shared();
		String[] all = new String[args.length + 6];
		all[0] = "--spring.rabbitmq.host=" + server.host();
		all[1] = "--spring.rabbitmq.port=" + server.port();
		all[2] = "--spring.rabbitmq.username=" + server.username();
		all[3] = "--spring.rabbitmq.password=" + server.password();
		all[4] = "--spring.rabbitmq.publisher-confirm-type=correlated";
		all[5] = "--spring.rabbitmq.publisher-returns=true";
		System.arraycopy(args, 0, all, 6, args.length);
		return TracedApplication.start(receiver, WebApplicationType.NONE, source, all);
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
		String traceId = inTrace(springBoots,
				() -> template(springBoots).convertAndSend("boot.events", "tasks.4711.created", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 5)).matchesTree(span("root")
			.with(span("boot.events:tasks.*.created publish", SpanKind.PRODUCER).status(StatusCode.UNSET)
				.with(span("boot.events:tasks.*.created:boot.worker process", SpanKind.CONSUMER)
					.status(StatusCode.UNSET)
					.with(span("boot.audit publish", SpanKind.PRODUCER)
						.with(span("boot.audit process", SpanKind.CONSUMER))))));
		assertThat(SpringBootsBeans.RECEIVED).containsExactly("task 17", "audit task 17");
	}

	@Test
	void spansTellWhatTheConventionsSay() {
		Message message = MessageBuilder.withBody("task 17".getBytes())
			.setMessageId("message-1")
			.setContentType("text/plain")
			.build();
		String traceId = inTrace(springBoots, () -> template(springBoots).send("boot.audit", message));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).span("boot.audit publish")
			.hasScope("io.hindspan.rabbit")
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("messaging.system", "rabbitmq", "messaging.destination.name", "boot.audit",
					"messaging.operation.type", "send", "messaging.operation.name", "publish",
					"messaging.rabbitmq.destination.routing_key", "boot.audit", "messaging.message.id", "message-1",
					"messaging.message.body.size", 7L));
		RecordedSpan process = trace.span("boot.audit process");
		Map<String, Object> expected = new HashMap<>(
				Map.of("messaging.system", "rabbitmq", "messaging.destination.name", "boot.audit",
						"messaging.operation.type", "process", "messaging.operation.name", "process",
						"messaging.rabbitmq.destination.routing_key", "boot.audit", "messaging.message.id", "message-1",
						"messaging.message.body.size", 7L, "spring.rabbit.listener.id", "auditor"));
		expected.put("messaging.rabbitmq.message.delivery_tag",
				process.attribute("messaging.rabbitmq.message.delivery_tag"));
		assertThat(process).hasScope("io.hindspan.rabbit").hasNoEvents().hasOnlyAttributes(expected);
		assertThat(process.attribute("messaging.rabbitmq.message.delivery_tag")).isInstanceOf(Long.class);
		assertThat(process.parentIsRemote().orElse(true)).isTrue();
	}

	@Test
	void queueOfOneConnectionIsTemporary() {
		String traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.fanout", "", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).matchesTree(span("root").with(span("boot.fanout publish")
			.with(span("boot.fanout:(temporary) process").attribute("messaging.destination.temporary", true))));
	}

	@Test
	void failedAttemptIsAnErrorAndTheRedeliveryASibling() {
		String traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.failing", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 4);
		RecordedSpan publish = trace.span("boot.failing publish");
		List<RecordedSpan> attempts = trace.spans("boot.failing process");
		assertThat(attempts).hasSize(2).allSatisfy((attempt) -> assertThat(attempt).isChildOf(publish));
		RecordedSpan failed = attempts.stream().filter(RecordedSpan::isError).findFirst().orElseThrow();
		assertThat(failed).hasAttribute("error.type", IllegalStateException.class.getName())
			.hasStatusMessage("first attempt")
			.hasException(IllegalStateException.class);
		assertThat(failed.events()).hasSize(1);
		assertThat(attempts.stream().filter((attempt) -> !attempt.isError())).hasSize(1);
	}

	@Test
	void publisherConfirmsAndReturnsWork() throws Exception {
		CorrelationData routed = new CorrelationData("routed");
		CorrelationData unroutable = new CorrelationData("unroutable");
		List<ReturnedMessage> returned = new CopyOnWriteArrayList<>();
		RabbitTemplate template = template(springBoots);
		template.setReturnsCallback(returned::add);
		String traceId = inTrace(springBoots, () -> {
			template.convertAndSend("", "boot.audit", "task 17", routed);
			template.convertAndSend("", "boot.nowhere", "task 17", unroutable);
			return null;
		});
		assertThat(routed.getFuture().get(10, TimeUnit.SECONDS).ack()).isTrue();
		assertThat(routed.getReturned()).isNull();
		unroutable.getFuture().get(10, TimeUnit.SECONDS);
		Awaitility.await()
			.untilAsserted(() -> assertThat(returned).singleElement()
				.extracting(ReturnedMessage::getRoutingKey)
				.isEqualTo("boot.nowhere"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 4);
		assertThat(trace).hasNoErrors();
		assertThat(trace).hasSpansNamed("root", "boot.audit publish", "boot.audit process", "boot.nowhere publish");
	}

	@Test
	void requestAndReplyWork() {
		String traceId = inTrace(springBoots,
				() -> assertThat(template(springBoots).convertSendAndReceive("boot.request", "task 17"))
					.isEqualTo("reply to task 17"));
		assertThat(receiver.awaitTrace(traceId, 3))
			.matchesTree(span("root").with(span("boot.request publish").with(span("boot.request process"))));
	}

	@Test
	void replyThatAnotherListenerTakesIsInTheSameTrace() {
		String traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.stage", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 4)).matchesTree(span("root")
			.with(span("boot.stage publish").with(span("boot.stage process").with(span("boot.audit process")))));
		assertThat(SpringBootsBeans.RECEIVED).containsExactly("staged task 17");
	}

	@Test
	void replyToATemporaryQueueHasALowCardinalityName() {
		Message request = MessageBuilder.withBody("task 17".getBytes()).setReplyTo("amq.gen-4711").build();
		String traceId = inTrace(springBoots,
				() -> template(springBoots).send(request.getMessageProperties().getReplyTo(), request));
		assertThat(receiver.awaitTrace(traceId, 2)).matchesTree(
				span("root").with(span("(temporary) publish").attribute("messaging.destination.name", "(temporary)")
					.attribute("messaging.destination.temporary", true)));
	}

	@Test
	void listenerMayAnswerLater() throws Exception {
		String traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.future", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).matchesTree(span("root").with(span("boot.future publish").with(span("boot.future process"))));
		SpringBootsBeans.FUTURE.complete(null);
		RabbitAdmin admin = springBoots.getBean(RabbitAdmin.class);
		Awaitility.await()
			.untilAsserted(() -> assertThat(admin.getQueueInfo("boot.future").getMessageCount()).isZero());
	}

	@Test
	void longHeadersAreRead() {
		Baggage baggage = Baggage.builder().put("tenant", "x".repeat(1500)).build();
		String traceId;
		try (Scope scope = Context.root().with(baggage).makeCurrent()) {
			traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.audit", "baggage"));
		}
		assertThat(receiver.awaitTrace(traceId, 3))
			.matchesTree(span("root").with(span("boot.audit publish").with(span("boot.audit process"))));
		Awaitility.await().untilAsserted(() -> assertThat(SpringBootsBeans.RECEIVED).contains("tenant of 1500"));
	}

	@Test
	void longHeaderOfAnotherKindLeavesTheContextAlone() {
		Message message = MessageBuilder.withBody("task 17".getBytes())
			.setContentType("text/plain")
			.setHeader("tracestate", "x".repeat(2000))
			.setHeader("baggage", 4711)
			.build();
		String traceId = inTrace(springBoots, () -> template(springBoots).send("boot.audit", message));
		assertThat(receiver.awaitTrace(traceId, 3))
			.matchesTree(span("root").with(span("boot.audit publish").with(span("boot.audit process"))));
	}

	@Test
	void forwardedMessageCarriesOneContext() {
		String traceId = inTrace(springBoots, () -> template(springBoots).convertAndSend("boot.forward", "task 17"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 5);
		assertThat(trace).matchesTree(span("root").with(span("boot.forward publish").with(span("boot.forward process")
			.with(span("boot.forwarded publish").with(span("boot.forwarded process"))))));
		assertThat(SpringBootsBeans.RECEIVED).singleElement()
			.asString()
			.matches("00-" + traceId + "-" + trace.span("boot.forwarded publish").spanId() + "-0[13]");
	}

	@Test
	void stateOfAnotherTraceIsNotPassedOn() {
		Message message = MessageBuilder.withBody("task 17".getBytes())
			.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			.setHeader("tracestate", "stale=1")
			.setHeader("business", "kept")
			.build();
		String traceId = inTrace(springBoots, () -> template(springBoots).send("boot.audit", message));
		receiver.awaitTrace(traceId, 3);
		assertThat(message.getMessageProperties().getHeaders()).containsEntry("business", "kept")
			.containsEntry("tracestate", "ot=th:0")
			.extractingByKey("traceparent")
			.asString()
			.startsWith("00-" + traceId);
	}

	@Test
	void unsampledTraceIsPassedOnThroughTheBroker() {
		try (ConfigurableApplicationContext context = start(OwnBeans.class,
				"--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.enabled=false")) {
			String traceId = inTrace(context, () -> template(context).convertAndSend("own.container", "task 17"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(SpringBootsBeans.RECEIVED)
					.anySatisfy((header) -> assertThat(header).matches("00-" + traceId + "-.*-0[02]")));
		}
	}

	@Test
	void theApplicationsOwnBeansAreTraced() {
		String traceId = inTrace(own, () -> {
			template(own).convertAndSend("own.simple", "task 17");
			template(own).convertAndSend("own.direct", "task 17");
			return null;
		});
		assertThat(receiver.awaitTrace(traceId, 5)).matchesTree(span("root").with(
				span("own.simple publish", SpanKind.PRODUCER).with(span("own.simple process", SpanKind.CONSUMER)),
				span("own.direct publish", SpanKind.PRODUCER).with(span("own.direct process", SpanKind.CONSUMER))));
	}

	@Test
	void containerMadeByHandIsTraced() {
		String traceId = inTrace(own, () -> template(own).convertAndSend("own.container", "fail"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 3);
		assertThat(trace).span("own.container process")
			.hasKind(SpanKind.CONSUMER)
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalArgumentException.class.getName())
			.hasException(IllegalArgumentException.class);
	}

	@Test
	void keepsTheApplicationsConventionAndItsName() {
		RabbitTemplate template = own.getBean("namedTemplate", RabbitTemplate.class);
		String traceId = inTrace(own, () -> template.convertAndSend("own.simple", "task 17"));
		assertThat(receiver.awaitTrace(traceId, 3)).span("announce a task")
			.hasKind(SpanKind.PRODUCER)
			.hasAttribute("tenant", "acme")
			.hasAttribute("messaging.destination.name", "own.simple");
	}

	@Test
	void failedSendIsAnError() {
		RabbitTemplate template = own.getBean("brokenTemplate", RabbitTemplate.class);
		String traceId = inTrace(own,
				() -> assertThatExceptionOfType(AmqpException.class)
					.isThrownBy(() -> template.convertAndSend("own.simple", "task 17"))
					.withMessage("connection lost"));
		RecordedTrace trace = receiver.awaitTrace(traceId, 2);
		assertThat(trace).span("own.simple publish")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", AmqpException.class.getName())
			.hasException(AmqpException.class);
	}

	@Test
	void samplerSeesTheDestination() {
		template(own).convertAndSend("own.simple", "task 17");
		Awaitility.await()
			.untilAsserted(() -> assertThat(OwnBeans.SEEN).contains("own.simple publish PRODUCER rabbitmq own.simple",
					"own.simple process CONSUMER rabbitmq own.simple"));
	}

	private static String inTrace(ConfigurableApplicationContext context, Runnable work) {
		return inTrace(context, () -> {
			work.run();
			return null;
		});
	}

	private static String inTrace(ConfigurableApplicationContext context, Supplier<?> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(() -> {
			work.get();
			return Span.current().getSpanContext().getTraceId();
		});
	}

	private static RabbitTemplate template(ConfigurableApplicationContext context) {
		return context.getBean("rabbitTemplate", RabbitTemplate.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SpringBootsBeans {

		static final List<String> RECEIVED = new CopyOnWriteArrayList<>();

		static final CompletableFuture<Void> FUTURE = new CompletableFuture<>();

		private final AtomicInteger attempts = new AtomicInteger();

		@Bean
		TopicExchange events() {
			return new TopicExchange("boot.events", false, true);
		}

		@Bean
		FanoutExchange fanout() {
			return new FanoutExchange("boot.fanout", false, true);
		}

		@Bean
		Queue worker() {
			return queue("boot.worker");
		}

		@Bean
		Queue audit() {
			return queue("boot.audit");
		}

		@Bean
		Queue failing() {
			return queue("boot.failing");
		}

		@Bean
		Queue request() {
			return queue("boot.request");
		}

		@Bean
		Queue stage() {
			return queue("boot.stage");
		}

		@Bean
		Queue future() {
			return queue("boot.future");
		}

		@Bean
		Queue forward() {
			return queue("boot.forward");
		}

		@Bean
		Queue forwarded() {
			return queue("boot.forwarded");
		}

		/** Named like an AnonymousQueue, whose exclusiveness not every broker knows. */
		@Bean
		Queue anonymous() {
			return queue(Base64UrlNamingStrategy.DEFAULT.generateName());
		}

		private static Queue queue(String name) {
			return new Queue(name, false, false, true);
		}

		@Bean
		Binding workerBinding(Queue worker, TopicExchange events) {
			return BindingBuilder.bind(worker).to(events).with("tasks.#");
		}

		@Bean
		Binding anonymousBinding(Queue anonymous, FanoutExchange fanout) {
			return BindingBuilder.bind(anonymous).to(fanout);
		}

		@Bean
		Listeners listeners(RabbitTemplate template) {
			return new Listeners(template);
		}

		@RabbitListener(queues = "boot.audit", id = "auditor")
		void audit(String task) {
			RECEIVED.add(task);
			String tenant = Baggage.current().getEntryValue("tenant");
			if (tenant != null) {
				RECEIVED.add("tenant of " + tenant.length());
			}
		}

		@RabbitListener(queues = "boot.failing")
		void fail(String task) {
			if (this.attempts.getAndIncrement() == 0) {
				throw new IllegalStateException("first attempt");
			}
		}

		@RabbitListener(queues = "boot.request")
		String reply(String task) {
			return "reply to " + task;
		}

		@RabbitListener(queues = "boot.stage")
		@SendTo("boot.audit")
		String stage(String task) {
			return "staged " + task;
		}

		@RabbitListener(queues = "boot.future")
		CompletableFuture<Void> future(String task) {
			return FUTURE;
		}

		@RabbitListener(queues = "boot.forwarded")
		void forwarded(Message message) {
			RECEIVED.add(message.getMessageProperties().getHeader("traceparent"));
		}

	}

	static class Listeners {

		private final RabbitTemplate template;

		Listeners(RabbitTemplate template) {
			this.template = template;
		}

		@RabbitListener(queues = "boot.worker")
		void create(String task) {
			SpringBootsBeans.RECEIVED.add(task);
			this.template.convertAndSend("boot.audit", "audit " + task);
		}

		@RabbitListener(queues = "#{anonymous.name}")
		void broadcast(String task) {
		}

		@RabbitListener(queues = "boot.forward")
		void forward(Message message) {
			this.template.send("boot.forwarded", message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnBeans {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		@Bean
		Queue ownSimple() {
			return SpringBootsBeans.queue("own.simple");
		}

		@Bean
		Queue ownDirect() {
			return SpringBootsBeans.queue("own.direct");
		}

		@Bean
		Queue ownQueue() {
			return SpringBootsBeans.queue("own.container");
		}

		@Bean
		RabbitTemplate rabbitTemplate(ConnectionFactory connectionFactory) {
			return new RabbitTemplate(connectionFactory);
		}

		@Bean
		RabbitTemplate namedTemplate(ConnectionFactory connectionFactory) {
			RabbitTemplate template = new RabbitTemplate(connectionFactory);
			template.setObservationConvention(new RabbitTemplateObservationConvention() {

				@Override
				public KeyValues getLowCardinalityKeyValues(RabbitMessageSenderContext context) {
					return KeyValues.of("tenant", "acme");
				}

				@Override
				public String getContextualName(RabbitMessageSenderContext context) {
					return "announce a task";
				}

			});
			return template;
		}

		@Bean
		RabbitTemplate brokenTemplate(ConnectionFactory connectionFactory) {
			return new RabbitTemplate(connectionFactory) {

				@Override
				protected void sendToRabbit(Channel channel, String exchange, String routingKey, boolean mandatory,
						Message message) {
					throw new AmqpException("connection lost");
				}

			};
		}

		@Bean
		SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(ConnectionFactory connectionFactory) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory directFactory(ConnectionFactory connectionFactory) {
			DirectRabbitListenerContainerFactory factory = new DirectRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			return factory;
		}

		@Bean
		SimpleMessageListenerContainer ownContainer(ConnectionFactory connectionFactory) {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connectionFactory);
			container.setQueueNames("own.container");
			container.setDefaultRequeueRejected(false);
			container.setMessageListener((MessageListener) (message) -> {
				SpringBootsBeans.RECEIVED.add(message.getMessageProperties().getHeader("traceparent"));
				if ("fail".equals(new String(message.getBody()))) {
					throw new IllegalArgumentException("no task");
				}
			});
			return container;
		}

		@Bean
		Sampler sampler(Environment environment) {
			boolean keep = !"0".equals(environment.getProperty("management.tracing.sampling.probability"));
			SEEN.clear();
			Sampler seeing = new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parentContext, String traceId, String name,
						SpanKind spanKind, Attributes attributes, List<LinkData> parentLinks) {
					SEEN.add(name + " " + spanKind + " " + attributes.get(AttributeKey.stringKey("messaging.system"))
							+ " " + attributes.get(AttributeKey.stringKey("messaging.destination.name")));
					return SamplingResult.recordAndSample();
				}

				@Override
				public String getDescription() {
					return "seeing";
				}

			};
			return keep ? seeing : Sampler.parentBased(Sampler.alwaysOff());
		}

		@Bean
		OwnListeners ownListeners() {
			return new OwnListeners();
		}

	}

	static class OwnListeners {

		@RabbitListener(queues = "own.simple")
		void simple(String task) {
		}

		@RabbitListener(queues = "own.direct", containerFactory = "directFactory")
		void direct(String task) {
		}

	}

}
