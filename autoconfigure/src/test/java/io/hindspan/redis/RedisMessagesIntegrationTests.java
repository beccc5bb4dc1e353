package io.hindspan.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.listener.adapter.MessageListenerAdapter;
import org.springframework.data.redis.serializer.StringRedisSerializer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;
import org.springframework.data.redis.stream.Subscription;

import io.hindspan.CarrierPropagation;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.RedisServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is done with messages: of channels, of streams, and of lists.
 */
class RedisMessagesIntegrationTests {

	private static final RedisServer server = RedisServer.shared();

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private StringRedisTemplate redis;

	private Inbox inbox;

	@AfterEach
	void stop() {
		if (this.context.isActive()) {
			this.redis.delete(List.of(Names.STREAM, Names.GROUP_STREAM, Names.QUEUE));
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(String... args) {
		String[] all = new String[args.length + 2];
		all[0] = "--spring.data.redis.host=" + server.host();
		all[1] = "--spring.data.redis.port=" + server.port();
		System.arraycopy(args, 0, all, 2, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
		this.redis = this.context.getBean(StringRedisTemplate.class);
		this.inbox = this.context.getBean(Inbox.class);
		this.receiver.reset();
	}

	@Test
	void messageOfAChannelIsTheRootOfATrace() throws Exception {
		start();
		inRoot(() -> this.redis.convertAndSend(Names.CHANNEL, "confidential"));
		assertThat(this.inbox.take()).isEqualTo("channel confidential");
		RecordedTrace trace = processed(Names.CHANNEL + " process", 2);
		assertThat(trace)
			.matchesTree(span(Names.CHANNEL + " process", SpanKind.CONSUMER).with(span("LLEN", SpanKind.CLIENT)));
		RecordedSpan process = process(trace);
		assertThat(process).hasScope("io.hindspan.redis")
			.hasOnlyAttributes(Map.of("messaging.system", "redis", "messaging.destination.name", Names.CHANNEL,
					"messaging.operation.type", "process", "messaging.operation.name", "process",
					"messaging.message.body.size", 12L));
		assertThat(trace.toString()).doesNotContain("confidential");
	}

	@Test
	void channelThatMatchedAPatternIsNotTold() throws Exception {
		start();
		this.redis.convertAndSend(Names.PATTERN.replace("*", "ada"), "one");
		assertThat(this.inbox.take()).isEqualTo("adapter one");
		RecordedTrace trace = processed(Names.PATTERN + " process", 1);
		assertThat(process(trace)).hasAttribute("messaging.destination.template", Names.PATTERN)
			.hasNoAttribute("messaging.destination.name");
		assertThat(trace.toString()).doesNotContain("ada");
	}

	@Test
	void failureOfAListenerIsAnErrorAndReachesTheErrorHandler() throws Exception {
		start();
		this.redis.convertAndSend(Names.CHANNEL, "fail");
		assertThat(this.inbox.take()).isEqualTo("error handler java.lang.IllegalStateException");
		assertThat(process(processed(Names.CHANNEL + " process", 1))).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void recordWithoutContextIsTheRootOfATrace() throws Exception {
		start();
		String id = String.valueOf(this.redis.opsForStream().add(Names.STREAM, Map.of("title", "confidential")));
		assertThat(this.inbox.take()).isEqualTo("stream {title=confidential}");
		RecordedTrace trace = processed(Names.STREAM + " process", 2);
		assertThat(trace)
			.matchesTree(span(Names.STREAM + " process", SpanKind.CONSUMER).with(span("LLEN", SpanKind.CLIENT)));
		assertThat(process(trace)).hasOnlyAttributes(Map.of("messaging.system", "redis", "messaging.destination.name",
				Names.STREAM, "messaging.operation.type", "process", "messaging.operation.name", "process",
				"messaging.message.id", id));
		assertThat(trace.toString()).doesNotContain("confidential");
	}

	@Test
	void recordThatCarriesAContextContinuesItsTrace() throws Exception {
		start();
		CarrierPropagation propagation = this.context.getBean(CarrierPropagation.class);
		inRoot(() -> {
			Map<String, String> fields = new HashMap<>(Map.of("title", "report"));
			propagation.inject(fields::put);
			this.redis.opsForStream().add(Names.STREAM, fields);
		});
		assertThat(this.inbox.take()).contains("title=report", "traceparent=00-");
		RecordedTrace trace = processed(Names.STREAM + " process", 4);
		assertThat(trace).matchesTree(span("root").with(span("XADD", SpanKind.CLIENT),
				span(Names.STREAM + " process", SpanKind.CONSUMER).with(span("LLEN", SpanKind.CLIENT))));
	}

	@Test
	void recordOfAGroupTellsIt() throws Exception {
		start();
		this.redis.opsForStream().add(Names.GROUP_STREAM, Map.of("title", "report"));
		assertThat(this.inbox.take()).isEqualTo("group {title=report}");
		assertThat(process(processed(Names.GROUP_STREAM + " process", 1))).hasAttribute("messaging.consumer.group.name",
				Names.GROUP);
	}

	@Test
	void failureOfAStreamListenerIsAnErrorAndReachesTheErrorHandler() throws Exception {
		start();
		this.redis.opsForStream().add(Names.STREAM, Map.of("title", "fail"));
		assertThat(this.inbox.take()).isEqualTo("error handler java.lang.IllegalStateException");
		assertThat(process(processed(Names.STREAM + " process", 1))).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName());
	}

	/**
	 * A list has no place for a context but the payload, which is the application's.
	 */
	@Test
	void queueInAListIsOneLineOnEitherSide() {
		start();
		CarrierPropagation propagation = this.context.getBean(CarrierPropagation.class);
		inRoot(() -> {
			StringBuilder job = new StringBuilder("report");
			propagation.inject((name, value) -> job.append('\n').append(name).append('=').append(value));
			this.redis.opsForList().leftPush(Names.QUEUE, job.toString());
		});
		String[] job = String.valueOf(this.redis.opsForList().rightPop(Names.QUEUE, Duration.ofSeconds(5))).split("\n");
		Map<String, String> headers = new HashMap<>();
		for (int i = 1; i < job.length; i++) {
			headers.put(job[i].split("=", 2)[0], job[i].split("=", 2)[1]);
		}
		propagation.continueFrom(headers::get, "process job", () -> this.redis.opsForList().size(Names.QUEUE));
		RecordedTrace trace = processed("process job", 4);
		assertThat(trace).matchesTree(span("root").with(span("LPUSH", SpanKind.CLIENT),
				span("process job", SpanKind.CONSUMER).with(span("LLEN", SpanKind.CLIENT))));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void messagesArriveWithAndWithout(boolean enabled) throws Exception {
		start("--hindspan.redis.enabled=" + enabled);
		RedisMessageListenerContainer container = this.context.getBean("messages", RedisMessageListenerContainer.class);
		assertThat(container.isRunning()).isTrue();
		assertThat(container.getPhase()).isEqualTo(17);
		this.redis.convertAndSend(Names.CHANNEL, "one");
		assertThat(this.inbox.take()).isEqualTo("channel one");
		this.redis.convertAndSend(Names.CHANNEL, "fail");
		assertThat(this.inbox.take()).isEqualTo("error handler java.lang.IllegalStateException");
		this.redis.opsForStream().add(Names.STREAM, Map.of("title", "report"));
		assertThat(this.inbox.take()).isEqualTo("stream {title=report}");
		container.removeMessageListener(this.context.getBean(MessageListenerAdapter.class));
		this.redis.convertAndSend(Names.PATTERN.replace("*", "ada"), "one");
		this.redis.convertAndSend(Names.CHANNEL, "last");
		assertThat(this.inbox.take()).isEqualTo("channel last");
		if (enabled) {
			this.receiver.awaitSpan((span) -> span.kind() == SpanKind.CONSUMER);
		}
		else {
			assertThat(this.receiver.spans()).noneMatch((span) -> span.kind() == SpanKind.CONSUMER);
		}
	}

	@Test
	void containersEndWithTheApplication() {
		start();
		RedisMessageListenerContainer container = this.context.getBean("messages", RedisMessageListenerContainer.class);
		StreamMessageListenerContainer<?, ?> streams = this.context.getBean("streams",
				StreamMessageListenerContainer.class);
		this.context.stop();
		assertThat(container.isRunning()).isFalse();
		assertThat(streams.isRunning()).isFalse();
		this.context.start();
		assertThat(container.isRunning()).isTrue();
		this.context.close();
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.noneMatch((thread) -> thread.getName().startsWith("messages-")));
	}

	private void inRoot(Runnable work) {
		Observation.createNotStarted("root", this.context.getBean(ObservationRegistry.class)).observe(work);
	}

	private RecordedTrace processed(String name, int spans) {
		return this.receiver.awaitTrace((trace) -> trace.spans().size() >= spans
				&& trace.spans().stream().anyMatch((span) -> span.name().equals(name)));
	}

	private static RecordedSpan process(RecordedTrace trace) {
		return trace.spans().stream().filter((span) -> span.kind() == SpanKind.CONSUMER).findFirst().orElseThrow();
	}

	/** Names that no other run uses: servers keep their state. */
	static final class Names {

		private static final String RUN = UUID.randomUUID().toString();

		static final String CHANNEL = "channel-" + RUN;

		static final String PATTERN = "pattern-" + RUN + "-*";

		static final String STREAM = "stream-" + RUN;

		static final String GROUP_STREAM = "group-stream-" + RUN;

		static final String GROUP = "workers";

		static final String QUEUE = "queue-" + RUN;

	}

	static class Inbox {

		private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

		private final StringRedisTemplate redis;

		Inbox(StringRedisTemplate redis) {
			this.redis = redis;
		}

		void put(String from, Object message) {
			if (message.toString().contains("fail")) {
				throw new IllegalStateException("failed");
			}
			if (!from.equals("adapter") && !from.equals("group")) {
				this.redis.opsForList().size(Names.QUEUE);
			}
			this.received.add(from + " " + message);
		}

		void error(Throwable failure) {
			this.received.add("error handler " + failure.getClass().getName());
		}

		String take() throws InterruptedException {
			return String.valueOf(this.received.poll(20, TimeUnit.SECONDS));
		}

		public void handleMessage(String message) {
			put("adapter", message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Inbox inbox(StringRedisTemplate redis) {
			return new Inbox(redis);
		}

		@Bean
		MessageListenerAdapter adapter(Inbox inbox) {
			return new MessageListenerAdapter(inbox);
		}

		@Bean
		RedisMessageListenerContainer messages(RedisConnectionFactory factory, Inbox inbox,
				MessageListenerAdapter adapter) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(factory);
			container.setPhase(17);
			container.setErrorHandler(inbox::error);
			container.addMessageListener((message, pattern) -> inbox.put("channel", message),
					ChannelTopic.of(Names.CHANNEL));
			container.addMessageListener(adapter, PatternTopic.of(Names.PATTERN));
			return container;
		}

		/** Whose listener is registered before it is a bean. */
		@Bean
		StreamMessageListenerContainer<String, MapRecord<String, String, String>> streams(
				RedisConnectionFactory factory, Inbox inbox) {
			StreamMessageListenerContainer<String, MapRecord<String, String, String>> container = container(factory,
					inbox);
			container.receive(StreamOffset.fromStart(Names.STREAM), (record) -> inbox.put("stream", record.getValue()));
			return container;
		}

		/** Whose listener is registered with the bean. */
		@Bean
		Subscription groupSubscription(StringRedisTemplate redis, Inbox inbox,
				@Qualifier("groupStreams") StreamMessageListenerContainer<String, MapRecord<String, String, String>> groupStreams) {
			redis.delete(Names.GROUP_STREAM);
			redis.opsForStream().createGroup(Names.GROUP_STREAM, ReadOffset.from("0"), Names.GROUP);
			return groupStreams.receiveAutoAck(Consumer.from(Names.GROUP, "one"),
					StreamOffset.create(Names.GROUP_STREAM, ReadOffset.lastConsumed()),
					(record) -> inbox.put("group", record.getValue()));
		}

		@Bean
		StreamMessageListenerContainer<String, MapRecord<String, String, String>> groupStreams(
				RedisConnectionFactory factory, Inbox inbox) {
			return container(factory, inbox);
		}

		private static StreamMessageListenerContainer<String, MapRecord<String, String, String>> container(
				RedisConnectionFactory factory, Inbox inbox) {
			return StreamMessageListenerContainer.create(factory,
					StreamMessageListenerContainerOptions.builder()
						.pollTimeout(Duration.ofMillis(50))
						.errorHandler(inbox::error)
						.serializer(StringRedisSerializer.UTF_8)
						.build());
		}

	}

}
