package io.hindspan.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Hits of a {@code @Cacheable} method, eight beneath each span: not told, told as events
 * and told as spans.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class CacheBenchmark {

	private static final int LOOKUPS = 8;

	/** How the lookups are told. */
	public enum Telling {

		/** Not at all. */
		NONE("--hindspan.cache.enabled=false", 1),

		/** As events of the span around them. */
		EVENT("--hindspan.cache.mode=event", 1),

		/** As spans. */
		SPAN("--hindspan.cache.mode=span", 1),

		/** Not at all, as nothing is sampled. */
		NONE_UNSAMPLED("--hindspan.cache.enabled=false", 0),

		/** As events, if anything was sampled. */
		EVENT_UNSAMPLED("--hindspan.cache.mode=event", 0),

		/** As spans, if anything was sampled. */
		SPAN_UNSAMPLED("--hindspan.cache.mode=span", 0);

		private final List<String> properties;

		Telling(String property, int probability) {
			this.properties = List.of(property, "--management.tracing.sampling.probability=" + probability,
					"--hindspan.sampling.tail.enabled=false");
		}

	}

	@Param
	public Telling telling;

	private ConfigurableApplicationContext context;

	private ObservationRegistry registry;

	private Tasks tasks;

	@Setup
	public void start() {
		this.context = TracedContext.start(this.telling.properties, Cached.class);
		this.registry = this.context.getBean(ObservationRegistry.class);
		this.tasks = this.context.getBean(Tasks.class);
		this.tasks.title(1L);
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	@OperationsPerInvocation(LOOKUPS)
	public void hit(Blackhole blackhole) {
		Observation.createNotStarted("caller", this.registry).observe(() -> {
			for (int i = 0; i < LOOKUPS; i++) {
				blackhole.consume(this.tasks.title(1L));
			}
		});
	}

	/** The beans whose calls are measured. */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Cached {

		@Bean
		CaffeineCacheManager cacheManager() {
			return new CaffeineCacheManager();
		}

		@Bean
		Tasks tasks() {
			return new Tasks();
		}

	}

	/** A service with a cached method. */
	static class Tasks {

		@Cacheable("tasks")
		public String title(Long id) {
			return "title of " + id;
		}

	}

}
