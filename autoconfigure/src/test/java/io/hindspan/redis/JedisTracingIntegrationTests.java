package io.hindspan.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;

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
 * Tests for the exported spans of commands sent with Jedis.
 */
class JedisTracingIntegrationTests {

	private static final RedisServer server = RedisServer.shared();

	private static final String KEY = "jedis-" + UUID.randomUUID();

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private StringRedisTemplate redis;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(int port, String... args) {
		String[] all = new String[args.length + 4];
		all[0] = "--spring.data.redis.host=" + server.host();
		all[1] = "--spring.data.redis.port=" + port;
		all[2] = "--spring.data.redis.client-type=jedis";
		all[3] = "--spring.data.redis.database=2";
		System.arraycopy(args, 0, all, 4, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
		this.redis = this.context.getBean("stringRedisTemplate", StringRedisTemplate.class);
	}

	@Test
	void commandsAreChildrenOfTheirCaller() {
		start(server.port());
		RecordedTrace trace = trace(4, () -> {
			this.redis.opsForValue().set(KEY, "confidential");
			this.redis.opsForValue().get(KEY);
			this.redis.delete(KEY);
		});
		assertThat(trace).matchesTree(span("root").with(span("SET", SpanKind.CLIENT), span("GET", SpanKind.CLIENT),
				span("DEL", SpanKind.CLIENT)));
		assertThat(trace).span("GET")
			.hasScope("io.hindspan.redis")
			.hasStatus(StatusCode.UNSET)
			.hasOnlyAttributes(Map.of("db.system.name", "redis", "db.operation.name", "GET", "db.namespace", "2",
					"server.address", server.host(), "server.port", (long) server.port()));
		assertThat(trace.toString()).doesNotContain("confidential", KEY);
	}

	@Test
	void errorReplyIsAnError() {
		start(server.port());
		RecordedTrace trace = trace(4, () -> {
			this.redis.opsForList().leftPush(KEY, "one");
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> this.redis.opsForValue().get(KEY))
				.withMessageContaining("WRONGTYPE");
			this.redis.delete(KEY);
		});
		assertThat(trace).span("GET")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "WRONGTYPE")
			.hasAttribute("db.response.status_code", "WRONGTYPE");
	}

	@Test
	void serverThatIsDownIsAnError() {
		start(1);
		RecordedTrace trace = trace(2, () -> assertThatExceptionOfType(RedisConnectionFailureException.class)
			.isThrownBy(() -> this.redis.opsForValue().get(KEY)));
		assertThat(trace).span("GET")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "redis.clients.jedis.exceptions.JedisConnectionException")
			.hasAttribute("server.port", 1L);
	}

	@Test
	void pipelinesAndTransactionsAreOneSpan() {
		start(server.port());
		RecordedTrace trace = trace(3, () -> {
			assertThat(pipeline(this.redis)).hasSize(2);
			assertThat(transaction(this.redis)).hasSize(2);
		});
		assertThat(trace)
			.matchesTree(span("root").with(span("PIPELINE", SpanKind.CLIENT), span("EXEC", SpanKind.CLIENT)));
		assertThat(trace).span("EXEC").hasAttribute("db.operation.name", "EXEC").hasAttribute("db.namespace", "2");
	}

	@Test
	void clientsThatAreBeansAreTraced() {
		start(server.port());
		RecordedTrace trace = trace(5, () -> {
			this.context.getBean(JedisPooled.class).set(KEY, "one");
			this.context.getBean(RedisClient.class).get(KEY);
			assertThatExceptionOfType(JedisDataException.class)
				.isThrownBy(() -> this.context.getBean(RedisClient.class).lpop(KEY));
			this.context.getBean(RedisClient.class).del(KEY);
		});
		assertThat(trace).matchesTree(span("root").with(span("SET", SpanKind.CLIENT), span("GET", SpanKind.CLIENT),
				span("LPOP", SpanKind.CLIENT), span("DEL", SpanKind.CLIENT)));
		assertThat(trace).span("LPOP").hasStatus(StatusCode.ERROR).hasAttribute("error.type", "WRONGTYPE");
		assertThat(trace).span("GET")
			.hasAttribute("server.address", server.host())
			.hasAttribute("server.port", (long) server.port())
			.hasNoAttribute("db.namespace");
	}

	@Test
	void factoryIsTracedAfterARestart() {
		start(server.port());
		JedisConnectionFactory factory = this.context.getBean("redisConnectionFactory", JedisConnectionFactory.class);
		factory.stop();
		factory.start();
		assertThat(trace(2, () -> this.redis.opsForValue().get(KEY)))
			.matchesTree(span("root").with(span("GET", SpanKind.CLIENT)));
		this.context.close();
		assertThat(factory.isRunning()).isFalse();
	}

	@Test
	void factoryMadeByHandIsTraced() {
		start(server.port());
		StringRedisTemplate template = new StringRedisTemplate(
				this.context.getBean("handMade", RedisConnectionFactory.class));
		RecordedTrace trace = trace(2, () -> template.opsForValue().get(KEY));
		assertThat(trace).matchesTree(span("root").with(span("GET", SpanKind.CLIENT)));
		assertThat(trace).span("GET").hasAttribute("db.namespace", "3");
	}

	@Test
	void commandsDoTheSameWithAndWithout() {
		start(server.port(), "--hindspan.redis.enabled=false");
		List<String> off = behaviour();
		this.receiver.reset();
		this.context.close();
		start(server.port());
		assertThat(behaviour()).isEqualTo(off);
	}

	private List<String> behaviour() {
		List<String> facts = new ArrayList<>();
		this.redis.opsForValue().set("jedis-number", "1");
		JedisPooled client = this.context.getBean(JedisPooled.class);
		List<Callable<Object>> calls = List.of(() -> client.getClass().getName(), () -> client.set(KEY, "one"),
				() -> client.lpop(KEY), () -> this.redis.opsForValue().get(KEY),
				() -> this.redis.opsForList().size("no"), () -> pipeline(this.redis), () -> transaction(this.redis),
				() -> this.redis.executePipelined((RedisCallback<Object>) (connection) -> {
					connection.listCommands().lPop("jedis-number".getBytes(StandardCharsets.UTF_8));
					return null;
				}),
				() -> this.redis.execute((RedisCallback<Object>) (connection) -> connection instanceof JedisConnection),
				() -> client.pipelined().getClass().getName(), () -> client.del(KEY));
		for (Callable<Object> call : calls) {
			try {
				facts.add(String.valueOf(call.call()));
			}
			catch (Exception ex) {
				facts.add(ex + " caused by " + ex.getCause());
			}
		}
		return facts;
	}

	@Test
	void isOffByItsProperty() {
		start(server.port(), "--hindspan.redis.enabled=false");
		assertThat(this.context.getBean("redisConnectionFactory")).isExactlyInstanceOf(JedisConnectionFactory.class);
		assertThat(trace(1, () -> this.redis.opsForValue().get(KEY))).matchesTree(span("root"));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		start(server.port());
		new ApplicationContextRunner().withUserConfiguration(JedisTracingAutoConfiguration.class)
			.withClassLoader(new FilteredClassLoader("redis.clients"))
			.run((without) -> assertThat(without).hasNotFailed().doesNotHaveBean(JedisClientPostProcessor.class));
	}

	private static List<Object> pipeline(StringRedisTemplate redis) {
		byte[] key = "jedis-number".getBytes(StandardCharsets.UTF_8);
		return redis.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().incr(key);
			connection.keyCommands().exists(key);
			return null;
		});
	}

	private static List<Object> transaction(StringRedisTemplate redis) {
		return redis.execute(new SessionCallback<>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
				operations.multi();
				operations.opsForValue().set((K) "jedis-number", (V) "7");
				operations.opsForValue().increment((K) "jedis-number");
				return operations.exec();
			}

		});
	}

	private RecordedTrace trace(int spans, Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("root", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> trace.spans().size() >= spans
				&& trace.spans().stream().map(RecordedSpan::name).anyMatch("root"::equals));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final String host;

		private final int port;

		Application(Environment environment) {
			this.host = environment.getRequiredProperty("spring.data.redis.host");
			this.port = environment.getRequiredProperty("spring.data.redis.port", Integer.class);
		}

		@Bean
		JedisPooled pooled() {
			return new JedisPooled(this.host, this.port);
		}

		@Bean
		RedisClient client() {
			return RedisClient.create(this.host, this.port);
		}

		@Bean(defaultCandidate = false)
		JedisConnectionFactory handMade() {
			RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(this.host, this.port);
			server.setDatabase(3);
			JedisConnectionFactory factory = new JedisConnectionFactory(server);
			factory.afterPropertiesSet();
			return factory;
		}

	}

}
