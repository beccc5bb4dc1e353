package io.hindspan.cache;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.core.StringRedisTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.RedisServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for what is told of caches in Redis, as Spring Boot configures them.
 */
class RedisCacheTracingIntegrationTests {

	private static final RedisServer server = RedisServer.shared();

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private CachedTasks tasks;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(int port, String... args) {
		String[] all = new String[args.length + 4];
		all[0] = "--spring.data.redis.host=" + server.host();
		all[1] = "--spring.data.redis.port=" + port;
		all[2] = "--spring.cache.type=redis";
		all[3] = "--spring.data.redis.timeout=2s";
		System.arraycopy(args, 0, all, 4, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
		this.tasks = this.context.getBean(CachedTasks.class);
	}

	private void startEmpty(String... args) {
		start(server.port(), args);
		this.context.getBean(StringRedisTemplate.class)
			.delete(List.of(CachedTasks.CACHE + "::1", CachedTasks.CACHE + "::2", CachedTasks.CACHE + "::3"));
		this.receiver.awaitSpan((span) -> span.name().equals("DEL"));
	}

	/**
	 * Spring Data does not wait for what it writes, so each step waits for its span.
	 */
	@Test
	void eventsStandBesideTheCommands() {
		startEmpty();
		assertThat(told(List.of("GET", "SET"), () -> this.tasks.title("1"))).containsExactly("cache_miss", "cache_put");
		assertThat(told(List.of("GET"), () -> this.tasks.title("1"))).containsExactly("cache_hit");
		assertThat(told(List.of("UNLINK"), () -> this.tasks.remove("1"))).containsExactly("cache_evict");
		assertThat(told(List.of("GET", "SET"), () -> this.tasks.titleInSync("2"))).containsExactly("cache_miss");
	}

	@Test
	void methodsThatAreCalledAfterALateMissAreInTheTrace() {
		startEmpty();
		assertThat(told(List.of("GET", "SET"), () -> this.tasks.titleLater("1").join())).containsExactly("cache_miss",
				"cache_put");
		assertThat(told(List.of("GET"), () -> this.tasks.titleLater("1").join())).containsExactly("cache_hit");
		assertThat(told(List.of("GET", "SET"), () -> this.tasks.titleMono("3").block())).containsExactly("cache_miss",
				"cache_put");
		assertThat(told(List.of("GET"), () -> this.tasks.titleMono("3").block())).containsExactly("cache_hit");
	}

	private List<String> told(List<String> commands, Runnable work) {
		RecordedTrace trace = trace(commands.size() + 1, work);
		assertThat(trace.spans()).extracting(RecordedSpan::name).containsAll(commands);
		assertThat(caller(trace).events())
			.allSatisfy((event) -> assertThat(event.attributes()).containsEntry("cache.system", "redis"));
		return caller(trace).events().stream().map(RecordedSpan.Event::name).toList();
	}

	@Test
	void commandsAreBeneathTheSpansOfTheCache() {
		startEmpty("--hindspan.cache.mode=span");
		RecordedTrace trace = trace(5, () -> this.tasks.title("1"));
		assertThat(trace).matchesTree(span("caller").with(
				span("get " + CachedTasks.CACHE, SpanKind.INTERNAL).with(span("GET", SpanKind.CLIENT)),
				span("put " + CachedTasks.CACHE, SpanKind.INTERNAL).with(span("SET", SpanKind.CLIENT))));
	}

	@Test
	void serverThatIsDownIsTold() {
		start(1);
		RecordedTrace trace = trace(1, () -> {
			assertThat(catchThrowable(() -> this.tasks.title("1"))).isInstanceOf(RedisConnectionFailureException.class);
			assertThat(catchThrowable(() -> this.tasks.titleInSync("1")))
				.isInstanceOf(RedisConnectionFailureException.class);
		});
		assertThat(caller(trace).events()).extracting(RecordedSpan.Event::name)
			.containsExactly("cache_error", "cache_error");
		assertThat(caller(trace).events().get(0).attributes()).containsEntry("error.type",
				RedisConnectionFailureException.class.getName());
	}

	private RecordedTrace trace(int spans, Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> trace.spans().size() >= spans
				&& trace.spans().stream().anyMatch((span) -> span.name().equals("caller")));
	}

	private static RecordedSpan caller(RecordedTrace trace) {
		return trace.spans().stream().filter((span) -> span.name().equals("caller")).findFirst().orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import(CachedTasks.class)
	static class Application {

	}

}
