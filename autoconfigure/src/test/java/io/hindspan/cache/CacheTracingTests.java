package io.hindspan.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for what is told of caches in memory.
 */
class CacheTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private CachedTasks tasks;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
	}

	private void start(String profile, String... args) {
		String[] all = new String[args.length + 1];
		all[0] = "--spring.profiles.active=" + profile;
		System.arraycopy(args, 0, all, 1, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
		this.tasks = this.context.getBean(CachedTasks.class);
	}

	@Test
	void missesAndHitsAreEventsOfTheCaller() {
		start("map");
		RecordedSpan caller = caller(() -> {
			this.tasks.title("17");
			this.tasks.title("17");
		});
		assertThat(this.receiver.spans()).hasSize(1);
		assertThat(names(caller)).containsExactly("cache_miss", "cache_put", "cache_hit");
		assertThat(caller.events().get(0).attributes()).isEqualTo(Map.of("cache.system", "concurrent_map", "cache.name",
				CachedTasks.CACHE, "cache.operation", "get", "cache.hit", false));
		assertThat(caller.events().get(1).attributes()).isEqualTo(
				Map.of("cache.system", "concurrent_map", "cache.name", CachedTasks.CACHE, "cache.operation", "put"));
		assertThat(caller.events().get(2).attributes()).containsEntry("cache.hit", true);
		assertThat(caller).hasAttribute("hindspan.cache.operation_count", 3L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "caffeine", "caffeine-async" })
	void allOperationsAreTold(String profile) {
		start(profile);
		assertThat(told(() -> this.tasks.title("1"))).containsExactly("cache_miss", "cache_put");
		assertThat(told(() -> this.tasks.title("1"))).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.rename("1", "new"))).containsExactly("cache_put");
		assertThat(told(() -> assertThat(this.tasks.title("1")).isEqualTo("new"))).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.remove("1"))).containsExactly("cache_evict");
		assertThat(told(() -> this.tasks.removeAll())).containsExactly("cache_clear");
		assertThat(told(() -> this.tasks.titleInSync("2"))).containsExactly("cache_miss");
		assertThat(told(() -> this.tasks.titleInSync("2"))).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.none("3"))).containsExactly("cache_miss", "cache_put");
		assertThat(told(() -> this.tasks.none("3"))).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.everything("4"))).containsExactly("cache_miss", "cache_put", "cache_put",
				"cache_evict");
		assertThat(told(() -> catchThrowable(() -> this.tasks.failing("5")))).containsExactly("cache_miss");
		assertThat(told(() -> catchThrowable(() -> this.tasks.failingInSync("6")))).containsExactly("cache_miss");
	}

	@ParameterizedTest
	@ValueSource(strings = { "map", "caffeine-async" })
	void resultsThatComeLaterAreTold(String profile) {
		start(profile);
		assertThat(told(() -> this.tasks.titleLater("1").join())).containsExactly("cache_miss", "cache_put");
		assertThat(told(() -> this.tasks.titleLater("1").join())).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.titleLaterInSync("2").join())).containsExactly("cache_miss");
		assertThat(told(() -> this.tasks.titleLaterInSync("2").join())).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.titleMono("3").block())).containsExactly("cache_miss", "cache_put");
		assertThat(told(() -> this.tasks.titleMono("3").block())).containsExactly("cache_hit");
		assertThat(told(() -> this.tasks.titles("4").collectList().block())).containsExactly("cache_miss", "cache_put");
		assertThat(told(() -> assertThat(this.tasks.titles("4").collectList().block()).hasSize(2)))
			.containsExactly("cache_hit");
		assertThat(told(() -> assertThat(catchThrowable(() -> this.tasks.failingLaterInSync("5").join()))
			.isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(IllegalArgumentException.class))).containsExactly("cache_miss");
	}

	@Test
	void cachesOutsideOfSpansAreSilent() {
		start("map");
		this.tasks.title("1");
		this.receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(this.receiver.spans()).isEmpty();
	}

	@Test
	void furtherOperationsAreCounted() {
		start("map");
		RecordedSpan caller = caller(() -> IntStream.range(0, 30).forEach((i) -> this.tasks.title("1")));
		assertThat(names(caller)).hasSize(CacheEvents.MOST).startsWith("cache_miss", "cache_put", "cache_hit");
		assertThat(caller).hasAttribute("hindspan.cache.operation_count", 31L);
	}

	@Test
	void keysAreToldAsHashesOnDemand() {
		start("map", "--hindspan.cache.keys=hash");
		RecordedSpan caller = caller(() -> this.tasks.title("confidential"));
		assertThat(caller.events()).allSatisfy(
				(event) -> assertThat(event.attributes()).containsEntry("cache.key", KeyHash.of("confidential")));
		assertThat(KeyHash.of("confidential")).hasSize(16).isEqualTo(KeyHash.of("confidential"));
		assertThat(caller.toString()).doesNotContain("confidential");
	}

	@Test
	void keysThatCannotBeToldAreLeftOut() {
		start("map");
		assertThat(KeyHash.of(null)).isNull();
		assertThat(KeyHash.of(new Object() {

			@Override
			public String toString() {
				throw new IllegalStateException("no text");
			}

		})).isNull();
	}

	@Test
	void failureOfACacheIsToldAndThrown() {
		start("broken");
		RecordedSpan caller = caller(() -> {
			assertThat(catchThrowable(() -> this.tasks.title("1"))).isInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.titleInSync("1"))).isInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.rename("1", "new"))).isInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.remove("1"))).isInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.removeAll())).isInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.titleLater("1").join()))
				.hasRootCauseInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.titleLaterInSync("1").join()))
				.hasRootCauseInstanceOf(BrokenException.class);
			assertThat(catchThrowable(() -> this.tasks.titleMono("1").block())).isInstanceOf(BrokenException.class);
		});
		assertThat(names(caller)).hasSize(8).containsOnly("cache_error");
		assertThat(caller.events().get(2).attributes()).isEqualTo(Map.of("cache.system", "broken", "cache.name",
				CachedTasks.CACHE, "cache.operation", "put", "error.type", BrokenException.class.getName()));
		assertThat(caller).hasStatus(StatusCode.UNSET);
	}

	@Test
	void failureThatTheErrorHandlerSwallowsIsToldToo() {
		start("broken,lenient");
		assertThat(told(() -> assertThat(this.tasks.title("1")).isEqualTo("title of 1"))).containsExactly("cache_error",
				"cache_error");
		assertThat(told(() -> assertThat(this.tasks.titleLater("1").join()).isEqualTo("title of 1")))
			.containsExactly("cache_error", "cache_error");
	}

	@Test
	void operationsAreSpansOnDemand() {
		start("map", "--hindspan.cache.mode=span", "--hindspan.cache.keys=hash");
		caller(() -> {
			this.tasks.title("1");
			this.tasks.title("1");
			this.tasks.titleInSync("2");
			this.tasks.titleLater("3").join();
		});
		RecordedTrace trace = this.receiver.awaitTrace((candidate) -> candidate.spans().size() >= 7);
		String get = "get " + CachedTasks.CACHE;
		String put = "put " + CachedTasks.CACHE;
		assertThat(trace).matchesTree(span("caller").with(span(get, SpanKind.INTERNAL), span(put, SpanKind.INTERNAL),
				span(get), span(get), span(get), span(put)));
		List<RecordedSpan> lookups = trace.spans().stream().filter((span) -> span.name().equals(get)).toList();
		assertThat(lookups.get(0)).hasScope("io.hindspan.cache")
			.hasOnlyAttributes(Map.of("cache.system", "concurrent_map", "cache.name", CachedTasks.CACHE,
					"cache.operation", "get", "cache.hit", false, "cache.key", String.valueOf(KeyHash.of("1"))));
		assertThat(names(lookups.get(0))).containsExactly("cache_miss");
		assertThat(names(lookups.get(1))).isEmpty();
		assertThat(lookups.get(1)).hasAttribute("cache.hit", true);
	}

	@Test
	void failureOfACacheIsAnErrorOfItsSpan() {
		start("broken", "--hindspan.cache.mode=span");
		caller(() -> {
			catchThrowable(() -> this.tasks.title("1"));
			catchThrowable(() -> this.tasks.titleLater("1").join());
		});
		RecordedTrace trace = this.receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace.spans().stream().filter((span) -> !span.name().equals("caller"))).hasSize(2)
			.allSatisfy((span) -> assertThat(span).hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", BrokenException.class.getName())
				.hasNoAttribute("cache.hit"));
		assertThat(trace.toString()).doesNotContain("confidential");
	}

	@Test
	void unsampledCallersCostNothing() {
		start("map", "--hindspan.cache.mode=span", "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=false");
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class))
			.observe(() -> assertThat(this.tasks.title("1")).isEqualTo("title of 1"));
		this.receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(this.receiver.spans()).isEmpty();
	}

	@Test
	void cacheBeneathADecoratorIsTold() {
		start("transactional");
		RecordedSpan caller = caller(() -> this.tasks.title("1"));
		assertThat(caller.events().get(0).attributes()).containsEntry("cache.system", "caffeine");
	}

	@Test
	void cacheThatKeepsNothingIsTold() {
		start("none");
		RecordedSpan caller = caller(() -> this.tasks.title("1"));
		assertThat(caller.events().get(0).attributes()).containsEntry("cache.system", "no_op");
	}

	@Test
	void cachesDoTheSameWithAndWithout() {
		for (String profile : List.of("map", "caffeine", "caffeine-async", "none", "broken", "broken,lenient")) {
			List<String> off = behaviour(profile, "--hindspan.cache.enabled=false");
			assertThat(off).as(profile).hasSizeGreaterThan(25);
			assertThat(behaviour(profile, "--hindspan.cache.mode=event")).as(profile).isEqualTo(off);
			assertThat(behaviour(profile, "--hindspan.cache.mode=span")).as(profile).isEqualTo(off);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "begin", "tell" })
	void cachesDoTheSameWhenTracingFails(String fault) {
		for (String profile : List.of("map", "caffeine-async", "broken", "broken,lenient")) {
			List<String> off = behaviour(profile, "--hindspan.cache.enabled=false");
			assertThat(behaviour(profile + ",fail-to-" + fault, "--hindspan.cache.mode=span")).as(profile)
				.isEqualTo(off);
		}
	}

	private List<String> behaviour(String profile, String mode) {
		start(profile, mode);
		try {
			Behaviour behaviour = new Behaviour(this.context);
			Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class))
				.observe(behaviour::observe);
			return behaviour.facts();
		}
		finally {
			this.context.close();
		}
	}

	private List<String> told(Runnable work) {
		return names(caller(work));
	}

	private static List<String> names(RecordedSpan span) {
		return span.events().stream().map(RecordedSpan.Event::name).toList();
	}

	private RecordedSpan caller(Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitSpan((span) -> span.name().equals("caller"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import(CachedTasks.class)
	static class Application {

		@Bean
		@Profile("map")
		ConcurrentMapCacheManager mapManager() {
			return new ConcurrentMapCacheManager();
		}

		@Bean
		@Profile("caffeine")
		CaffeineCacheManager caffeineManager() {
			return new CaffeineCacheManager();
		}

		@Bean
		@Profile("caffeine-async")
		CaffeineCacheManager asyncCaffeineManager() {
			CaffeineCacheManager manager = new CaffeineCacheManager();
			manager.setCaffeine(Caffeine.newBuilder().maximumSize(100));
			manager.setAsyncCacheMode(true);
			return manager;
		}

		@Bean
		@Profile("none")
		NoOpCacheManager noManager() {
			return new NoOpCacheManager();
		}

		@Bean
		@Profile("transactional")
		TransactionAwareCacheManagerProxy transactionalManager() {
			return new TransactionAwareCacheManagerProxy(new CaffeineCacheManager());
		}

		@Bean
		@Profile("broken")
		CacheManager brokenManager() {
			return new ConcurrentMapCacheManager() {

				@Override
				protected Cache createConcurrentMapCache(String name) {
					return new BrokenCache(name);
				}

			};
		}

		@Bean
		@Profile("fail-to-begin")
		static BeanPostProcessor failsToBegin() {
			return FaultyCalls.inPlaceOf((call) -> {
				call.close();
				throw new IllegalStateException("A span cannot be started");
			});
		}

		@Bean
		@Profile("fail-to-tell")
		static BeanPostProcessor failsToTell() {
			return FaultyCalls.inPlaceOf(FaultyCalls::new);
		}

		@Bean
		@Profile("lenient")
		CachingConfigurer configurer() {
			return new CachingConfigurer() {

				@Override
				public CacheErrorHandler errorHandler() {
					return new LoggingCacheErrorHandler();
				}

			};
		}

	}

	/**
	 * Does what it is told to and fails.
	 *
	 * @param call what does it
	 */
	record FaultyCalls(CacheCall call) implements CacheCall {

		static BeanPostProcessor inPlaceOf(UnaryOperator<CacheCall> faulty) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof CacheTracing tracing) ? (CacheTracing) (operation, cache, key) -> faulty
						.apply(Objects.requireNonNull(tracing.begin(operation, cache, key))) : bean;
				}

			};
		}

		private static void fail() {
			throw new IllegalStateException("A span cannot be told");
		}

		@Override
		public void found(boolean hit) {
			this.call.found(hit);
			fail();
		}

		@Override
		public void done() {
			this.call.done();
			fail();
		}

		@Override
		public void failed(Throwable failure) {
			this.call.failed(failure);
			fail();
		}

		@Override
		public void leave() {
			this.call.leave();
			fail();
		}

		@Override
		public void end() {
			this.call.end();
			fail();
		}

	}

	static class BrokenException extends RuntimeException {

		BrokenException() {
			super("confidential");
		}

	}

	static class BrokenCache extends ConcurrentMapCache {

		BrokenCache(String name) {
			super(name);
		}

		@Override
		protected Object lookup(Object key) {
			throw new BrokenException();
		}

		@Override
		public <T> T get(Object key, Callable<T> valueLoader) {
			throw new BrokenException();
		}

		@Override
		public CompletableFuture<?> retrieve(Object key) {
			return CompletableFuture.supplyAsync(() -> lookup(key));
		}

		@Override
		public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
			return CompletableFuture.failedFuture(new BrokenException());
		}

		@Override
		public void put(Object key, Object value) {
			throw new BrokenException();
		}

		@Override
		public void evict(Object key) {
			throw new BrokenException();
		}

		@Override
		public void clear() {
			throw new BrokenException();
		}

		@Override
		public boolean invalidate() {
			throw new BrokenException();
		}

	}

}
