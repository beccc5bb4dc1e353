package io.hindspan.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.MicrometerTracing;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.hindspan.CarrierPropagation;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.RedisServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the exported spans of Redis commands.
 */
class RedisTracingIntegrationTests {

	private static final RedisServer server = RedisServer.shared();

	private static final OtlpReceiver receiver = OtlpReceiver.start();

	private static final RedisClient untracedClient = RedisClient.create(server.url());

	private static StatefulRedisConnection<String, String> untraced;

	private static ConfigurableApplicationContext context;

	private static ObservationRegistry registry;

	private static StringRedisTemplate redis;

	@BeforeAll
	static void start() {
		context = start(WebApplicationType.REACTIVE, Application.class, "--spring.data.redis.database=3");
		registry = context.getBean(ObservationRegistry.class);
		redis = context.getBean("stringRedisTemplate", StringRedisTemplate.class);
		untraced = untracedClient.connect();
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> source, String... args) {
		String[] all = new String[args.length + 2];
		all[0] = "--spring.data.redis.host=" + server.host();
		all[1] = "--spring.data.redis.port=" + server.port();
		System.arraycopy(args, 0, all, 2, args.length);
		return TracedApplication.start(receiver, type, source, all);
	}

	@AfterAll
	static void stop() {
		untracedClient.shutdown();
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		untraced.sync().select(3);
		untraced.sync().del("task:17", "jobs", "text");
		receiver.awaitQuiet(Duration.ofMillis(100));
		receiver.reset();
	}

	@Test
	void commandsAreChildrenOfTheirCaller() {
		inRoot(() -> {
			redis.opsForValue().set("task:17", "confidential");
			redis.opsForValue().get("task:17");
			return redis.delete("task:17");
		});
		RecordedTrace trace = trace(4);
		assertThat(trace).matchesTree(span("root").with(span("SET", SpanKind.CLIENT).status(StatusCode.UNSET),
				span("GET", SpanKind.CLIENT).status(StatusCode.UNSET),
				span("DEL", SpanKind.CLIENT).status(StatusCode.UNSET)));
		assertThat(trace).span("GET")
			.hasScope("io.hindspan.redis")
			.hasOnlyAttributes(Map.of("db.system.name", "redis", "db.operation.name", "GET", "db.namespace", "3",
					"server.address", server.host(), "server.port", server.port(), "network.peer.address", "127.0.0.1",
					"network.peer.port", server.port()));
		assertThat(receiver.spans().toString()).doesNotContain("task:17").doesNotContain("confidential");
	}

	@Test
	void connectionsMakeNoSpansOfTheirOwn() {
		try (ConfigurableApplicationContext fresh = start(WebApplicationType.NONE, Application.class,
				"--spring.data.redis.database=4", "--spring.data.redis.client-name=tasks")) {
			StringRedisTemplate template = fresh.getBean("stringRedisTemplate", StringRedisTemplate.class);
			template.opsForValue().get("task:17");
			Observation.createNotStarted("root", fresh.getBean(ObservationRegistry.class))
				.observe(() -> template.opsForValue().get("task:17"));
			receiver.awaitSpans(3);
			receiver.awaitQuiet(Duration.ofMillis(200));
			assertThat(receiver.spans()).extracting(RecordedSpan::name).containsExactlyInAnyOrder("root", "GET", "GET");
			assertThat(receiver.spans((span) -> span.name().equals("GET")))
				.allSatisfy((span) -> assertThat(span).hasAttribute("db.namespace", "4"));
		}
	}

	@Test
	void selectedDatabaseIsTold() {
		inRoot(() -> redis.execute((RedisCallback<Object>) (connection) -> {
			try (StatefulRedisConnection<byte[], byte[]> own = client().connect(ByteArrayCodec.INSTANCE,
					RedisURI.builder().withHost(server.host()).withPort(server.port()).build())) {
				own.sync().select(6);
				return own.sync().get("task:17".getBytes());
			}
		}));
		assertThat(trace(3)).matchesTree(span("root").with(span("SELECT", SpanKind.CLIENT),
				span("GET", SpanKind.CLIENT).attribute("db.namespace", "6")));
	}

	private RedisClient client() {
		return (RedisClient) context.getBean(LettuceConnectionFactory.class).getNativeClient();
	}

	@Test
	void errorReplyIsAnError() {
		untraced.sync().set("text", "text");
		assertThatExceptionOfType(RedisSystemException.class)
			.isThrownBy(() -> inRoot(() -> redis.opsForList().leftPush("text", "value")));
		RecordedTrace trace = trace(2);
		assertThat(trace).span("LPUSH")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "WRONGTYPE")
			.hasAttribute("db.response.status_code", "WRONGTYPE")
			.hasNoAttribute("lettuce.command.error");
		assertThat(trace.span("LPUSH").events()).isEmpty();
		assertThat(trace.span("root").events()).hasSize(1);
	}

	@Test
	void reactiveErrorReplyIsAnError() {
		ReactiveStringRedisTemplate reactive = context.getBean(ReactiveStringRedisTemplate.class);
		untraced.sync().set("text", "text");
		assertThatExceptionOfType(RedisSystemException.class)
			.isThrownBy(() -> inRoot(() -> reactive.opsForList().leftPush("text", "value").block()));
		RecordedTrace trace = trace(2);
		assertThat(trace).span("LPUSH").hasStatus(StatusCode.ERROR).hasAttribute("error.type", "WRONGTYPE");
		assertThat(trace.spans().stream().flatMap((span) -> span.events().stream())).hasSize(1);
	}

	@Test
	void commandThatTakesTooLongIsAnError() {
		try (ConfigurableApplicationContext hurried = start(WebApplicationType.NONE, Application.class,
				"--spring.data.redis.database=3", "--spring.data.redis.timeout=200ms")) {
			StringRedisTemplate template = hurried.getBean("stringRedisTemplate", StringRedisTemplate.class);
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> Observation.createNotStarted("root", hurried.getBean(ObservationRegistry.class))
					.observe(() -> template.opsForList().leftPop("never-filled", Duration.ofSeconds(5))));
			RecordedTrace trace = trace(2);
			assertThat(trace).span("BLPOP").hasStatus(StatusCode.ERROR);
			// The caller, who cancels, and Lettuce's timer run a race
			assertThat(trace.span("BLPOP").attribute("error.type")).isIn("cancelled",
					"io.lettuce.core.RedisCommandTimeoutException");
		}
	}

	@Test
	void spanMadeByHandIsTheParent() {
		Tracer tracer = context.getBean(Tracer.class);
		inRoot(() -> {
			Span byHand = tracer.nextSpan().name("by hand").start();
			try (Tracer.SpanInScope scope = tracer.withSpan(byHand)) {
				return redis.opsForValue().get("task:17");
			}
			finally {
				byHand.end();
			}
		});
		assertThat(trace(3)).matchesTree(span("root").with(span("by hand").with(span("GET", SpanKind.CLIENT))));
		receiver.reset();
		Span alone = tracer.nextSpan().name("alone").start();
		try (Tracer.SpanInScope scope = tracer.withSpan(alone)) {
			redis.opsForValue().get("task:17");
		}
		alone.end();
		assertThat(trace(2)).matchesTree(span("alone").with(span("GET", SpanKind.CLIENT)));
	}

	@Test
	void spanOfAnotherTraceThatWasRestoredIsTheParent() {
		CarrierPropagation propagation = context.getBean(CarrierPropagation.class);
		Map<String, String> row = Map.of("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
		Observation.createNotStarted("poll", registry)
			.observe(() -> propagation.continueFrom(row::get, "relay", () -> redis.opsForValue().get("restored")));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> !candidate.spans("relay").isEmpty());
		assertThat(trace).hasSpansNamed("relay", "GET");
		assertThat(trace.parent(trace.span("GET"))).contains(trace.span("relay"));
	}

	@Test
	void parentIsRightWhenManyCallsRunAtOnce() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<CompletableFuture<Object>> calls = IntStream.range(0, 40)
				.mapToObj((i) -> CompletableFuture.<Object>supplyAsync(
						() -> Observation.createNotStarted("root " + (char) ('a' + i % 20), registry).observe(() -> {
							redis.opsForValue().get("task:17");
							redis.opsForValue().set("task:17", "x");
							return redis.hasKey("task:17");
						}), executor))
				.toList();
			for (CompletableFuture<Object> call : calls) {
				call.get(20, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
		receiver.awaitSpans(160);
		assertThat(receiver.traces()).hasSize(40)
			.allSatisfy((trace) -> assertThat(trace).matchesTree(span(trace.roots().get(0).name())
				.with(span("GET", SpanKind.CLIENT), span("SET", SpanKind.CLIENT), span("EXISTS", SpanKind.CLIENT))));
	}

	@Test
	void parentIsRightInWebFlux() {
		WebClient caller = WebClient.create("http://localhost:" + TracedApplication.port(context));
		Flux.range(0, 12)
			.flatMap((i) -> caller.get().uri("/tasks/{id}", "t" + i).retrieve().bodyToMono(String.class), 12)
			.collectList()
			.block(Duration.ofSeconds(20));
		receiver.awaitSpans(48);
		assertThat(receiver.traces()).hasSize(12)
			.allSatisfy((trace) -> assertThat(trace).matchesTree(span("GET /tasks/{id}", SpanKind.SERVER)
				.with(span("SET", SpanKind.CLIENT), span("GET", SpanKind.CLIENT), span("DEL", SpanKind.CLIENT))));
	}

	@Test
	void pipelineAndTransactionAreTheirCommands() {
		inRoot(() -> redis.executePipelined(new SessionCallback<Object>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> Object execute(RedisOperations<K, V> operations) {
				((RedisOperations<String, String>) operations).opsForValue().set("task:17", "x");
				((RedisOperations<String, String>) operations).opsForValue().get("task:17");
				return null;
			}

		}));
		assertThat(trace(3)).matchesTree(span("root").with(span("SET", SpanKind.CLIENT), span("GET", SpanKind.CLIENT)));
		receiver.reset();
		inRoot(() -> redis.execute(new SessionCallback<Object>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> Object execute(RedisOperations<K, V> operations) {
				operations.multi();
				((RedisOperations<String, String>) operations).opsForValue().set("task:17", "x");
				((RedisOperations<String, String>) operations).opsForList().leftPush("task:17", "y");
				try {
					return operations.exec();
				}
				catch (RedisSystemException ex) {
					return null;
				}
			}

		}));
		RecordedTrace trace = trace(5);
		assertThat(trace).containsTree(span("root").containing(span("MULTI", SpanKind.CLIENT),
				span("SET", SpanKind.CLIENT).status(StatusCode.UNSET),
				span("LPUSH", SpanKind.CLIENT).status(StatusCode.ERROR), span("EXEC", SpanKind.CLIENT)));
	}

	@Test
	void discardedCommandsAreNoErrors() {
		inRoot(() -> redis.execute(new SessionCallback<Object>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> Object execute(RedisOperations<K, V> operations) {
				operations.multi();
				((RedisOperations<String, String>) operations).opsForValue().set("task:17", "x");
				operations.discard();
				return null;
			}

		}));
		RecordedTrace trace = receiver
			.awaitTrace((candidate) -> candidate.spans("DISCARD").size() == 1 && candidate.spans("SET").size() == 1);
		assertThat(trace).hasNoErrors();
	}

	@Test
	void subscriptionsAndWaitingMakeNoTraces() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		RedisMessageListenerContainer container = new RedisMessageListenerContainer();
		container.setConnectionFactory(context.getBean(LettuceConnectionFactory.class));
		container.addMessageListener((message, pattern) -> received.countDown(), ChannelTopic.of("tasks"));
		container.afterPropertiesSet();
		container.start();
		try {
			Awaitility.await().until(container::isListening);
			inRoot(() -> redis.convertAndSend("tasks", "secret"));
			assertThat(received.await(10, TimeUnit.SECONDS)).isTrue();
			redis.opsForList().leftPop("jobs", Duration.ofSeconds(1));
			receiver.awaitSpans(2);
			receiver.awaitQuiet(Duration.ofMillis(300));
			assertThat(receiver.traces()).singleElement()
				.satisfies(
						(trace) -> assertThat(trace).matchesTree(span("root").with(span("PUBLISH", SpanKind.CLIENT))));
		}
		finally {
			container.stop();
			container.destroy();
		}
		receiver.reset();
		inRoot(() -> redis.opsForList().leftPop("jobs", Duration.ofSeconds(1)));
		assertThat(trace(2)).matchesTree(span("root").with(span("BLPOP", SpanKind.CLIENT)));
	}

	@Test
	void commandThatIsSentAgainIsOneSpan() throws Exception {
		CompletableFuture<String> job = CompletableFuture
			.supplyAsync(() -> inRoot(() -> redis.opsForList().leftPop("jobs", Duration.ofSeconds(20))));
		Awaitility.await().until(() -> blocked() >= 0);
		long first = blocked();
		untraced.sync().clientKill(KillArgs.Builder.id(first));
		Awaitility.await().until(() -> blocked() >= 0 && blocked() != first);
		untraced.sync().lpush("jobs", "first");
		assertThat(job.get(20, TimeUnit.SECONDS)).isEqualTo("first");
		RecordedTrace trace = trace(2);
		receiver.awaitQuiet(Duration.ofMillis(200));
		assertThat(receiver.spans()).hasSize(2);
		assertThat(trace).matchesTree(span("root").with(span("BLPOP", SpanKind.CLIENT).status(StatusCode.UNSET)));
	}

	/**
	 * The id of the client that waits for a job, or a negative number for none.
	 */
	private static long blocked() {
		return untraced.sync()
			.clientList()
			.lines()
			.filter((line) -> line.contains("cmd=blpop") && line.contains(" db=3 "))
			.mapToLong((line) -> Long.parseLong(line.split("[ =]")[1]))
			.findFirst()
			.orElse(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "configured", "pooled", "started", "ownResources", "ownMicrometer" })
	void connectionsMadeByHandAreTraced(String factory) {
		try (ConfigurableApplicationContext handMade = start(WebApplicationType.NONE, HandMade.class)) {
			StringRedisTemplate template = new StringRedisTemplate(
					handMade.getBean(factory, LettuceConnectionFactory.class));
			Observation.createNotStarted("root", handMade.getBean(ObservationRegistry.class))
				.observe(() -> template.opsForValue().get("task:17"));
			RecordedTrace trace = trace(2);
			assertThat(trace).matchesTree(span("root").with(span("GET", SpanKind.CLIENT)));
			assertThat(trace).span("GET")
				.hasScope("io.hindspan.redis")
				.hasAttribute("db.system.name", "redis")
				.hasAttribute("server.address", server.host())
				.hasAttribute("server.port", server.port())
				.hasNoAttribute("db.system", "net.sock.peer.addr");
		}
	}

	@Test
	void connectionsMadeByHandLeaveNoThreads() {
		Set<Thread> before = lettuceThreads();
		try (ConfigurableApplicationContext handMade = start(WebApplicationType.NONE, HandMade.class)) {
			for (LettuceConnectionFactory factory : handMade.getBeansOfType(LettuceConnectionFactory.class).values()) {
				new StringRedisTemplate(factory).opsForValue().get("task:17");
			}
			assertThat(lettuceThreads()).hasSizeGreaterThan(before.size());
		}
		Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
			Set<Thread> left = lettuceThreads();
			left.removeAll(before);
			assertThat(left).isEmpty();
		});
	}

	private static Set<Thread> lettuceThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("lettuce"))
			.collect(Collectors.toSet());
	}

	@Test
	void olderNamesAreWrittenOnDemand() {
		try (ConfigurableApplicationContext legacy = start(WebApplicationType.NONE, Application.class,
				"--hindspan.span.attribute-names=legacy")) {
			legacy.getBean("stringRedisTemplate", StringRedisTemplate.class).opsForValue().get("task:17");
			RecordedSpan span = receiver.awaitSpan((candidate) -> true);
			assertThat(span).hasOnlyAttributes(Map.of("db.system", "redis", "db.operation", "GET",
					"db.redis.database_index", "0", "net.peer.name", server.host(), "net.peer.port", server.port(),
					"net.sock.peer.addr", "127.0.0.1", "net.sock.peer.port", server.port()));
		}
	}

	@Test
	void metersAreNamedAsLettuceNamesThem() {
		assertThat(keyValues((registry) -> new CommandTracing(registry)))
			.isEqualTo(keyValues((registry) -> new MicrometerTracing(registry, "Redis")))
			.hasSizeGreaterThan(4);
	}

	private Set<String> keyValues(Function<ObservationRegistry, Tracing> tracing) {
		Set<String> seen = ConcurrentHashMap.newKeySet();
		ObservationRegistry observed = ObservationRegistry.create();
		observed.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStop(Observation.Context context) {
				if (!context.getContextualName().equals("get")) {
					return;
				}
				seen.add(context.getName() + " " + context.getContextualName() + " " + context.getError());
				for (KeyValue keyValue : context.getAllKeyValues()) {
					seen.add(keyValue.getKey() + "=" + keyValue.getValue());
				}
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		ClientResources resources = ClientResources.builder().tracing(tracing.apply(observed)).build();
		RedisClient client = RedisClient.create(resources, server.url());
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			connection.sync().get("task:17");
			connection.sync().lpush("jobs", "one");
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> connection.sync().get("jobs"));
			Awaitility.await().until(() -> seen.stream().anyMatch((value) -> value.contains("WRONGTYPE")));
		}
		finally {
			client.shutdown();
			resources.shutdown();
		}
		return seen;
	}

	private static <T> T inRoot(Supplier<T> work) {
		return Observation.createNotStarted("root", registry).observe(work);
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() >= spans);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final ReactiveStringRedisTemplate reactive;

		Application(ReactiveStringRedisTemplate reactive) {
			this.reactive = reactive;
		}

		@GetMapping("/tasks/{id}")
		Mono<String> task(@PathVariable String id) {
			return this.reactive.opsForValue()
				.set(id, "value of " + id)
				.delayElement(Duration.ofMillis(5))
				.then(this.reactive.opsForValue().get(id))
				.flatMap((value) -> this.reactive.delete(id).thenReturn(value));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class HandMade {

		private final RedisStandaloneConfiguration redis;

		HandMade(Environment environment) {
			this.redis = new RedisStandaloneConfiguration(environment.getRequiredProperty("spring.data.redis.host"),
					environment.getRequiredProperty("spring.data.redis.port", Integer.class));
		}

		@Bean
		LettuceConnectionFactory simple() {
			return new LettuceConnectionFactory(this.redis);
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory configured() {
			return new LettuceConnectionFactory(this.redis, LettuceClientConfiguration.builder().build());
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory pooled() {
			return new LettuceConnectionFactory(this.redis, LettucePoolingClientConfiguration.builder().build());
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory started() {
			LettuceConnectionFactory factory = new LettuceConnectionFactory(this.redis,
					LettuceClientConfiguration.builder().build());
			factory.afterPropertiesSet();
			return factory;
		}

		@Bean(defaultCandidate = false)
		ClientResources resourcesWithoutTracing() {
			return ClientResources.create();
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory ownResources(@Qualifier("resourcesWithoutTracing") ClientResources resources) {
			return new LettuceConnectionFactory(this.redis,
					LettuceClientConfiguration.builder().clientResources(resources).build());
		}

		@Bean(defaultCandidate = false)
		ClientResources resourcesWithMicrometer(ObservationRegistry registry) {
			return ClientResources.builder().tracing(new MicrometerTracing(registry, "own")).build();
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory ownMicrometer(@Qualifier("resourcesWithMicrometer") ClientResources resources) {
			return new LettuceConnectionFactory(this.redis,
					LettuceClientConfiguration.builder().clientResources(resources).build());
		}

	}

}
