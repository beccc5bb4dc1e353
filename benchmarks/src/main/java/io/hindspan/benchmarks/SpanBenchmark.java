package io.hindspan.benchmarks;

import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * One span with two children, five attributes each: what the OpenTelemetry SDK takes for
 * it, what the Observation takes, and what Spring Boot's bridge and Hindspan make of the
 * two together.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SpanBenchmark {

	private static final String[] KEYS = { "task.kind", "task.state", "task.priority", "project", "outcome" };

	private static final String[] VALUES = { "bug", "open", "high", "hindspan", "created" };

	@SuppressWarnings("unchecked")
	private static final AttributeKey<String>[] ATTRIBUTES = new AttributeKey[KEYS.length];

	static {
		for (int i = 0; i < KEYS.length; i++) {
			ATTRIBUTES[i] = AttributeKey.stringKey(KEYS[i]);
		}
	}

	@Benchmark
	public void sdk(SpringBoot state, Blackhole blackhole) {
		Span span = start(state.tracer, "create");
		try (Scope scope = span.makeCurrent()) {
			child(state.tracer, "validate", blackhole);
			child(state.tracer, "store", blackhole);
		}
		span.end();
	}

	private static void child(Tracer tracer, String name, Blackhole blackhole) {
		Span span = start(tracer, name);
		try (Scope scope = span.makeCurrent()) {
			blackhole.consume(span);
		}
		span.end();
	}

	private static Span start(Tracer tracer, String name) {
		Span span = tracer.spanBuilder(name).startSpan();
		for (int i = 0; i < KEYS.length; i++) {
			span.setAttribute(ATTRIBUTES[i], VALUES[i]);
		}
		return span;
	}

	@Benchmark
	public void observation(Bare state, Blackhole blackhole) {
		observe(state.registry, blackhole);
	}

	@Benchmark
	public void springBoot(SpringBoot state, Blackhole blackhole) {
		observe(state.registry, blackhole);
	}

	@Benchmark
	public void hindspan(Hindspan state, Blackhole blackhole) {
		observe(state.registry, blackhole);
	}

	private static void observe(ObservationRegistry registry, Blackhole blackhole) {
		Observation observation = start(registry, "create");
		try (Observation.Scope scope = observation.openScope()) {
			child(registry, "validate", blackhole);
			child(registry, "store", blackhole);
		}
		observation.stop();
	}

	private static void child(ObservationRegistry registry, String name, Blackhole blackhole) {
		Observation observation = start(registry, name);
		try (Observation.Scope scope = observation.openScope()) {
			blackhole.consume(observation);
		}
		observation.stop();
	}

	private static Observation start(ObservationRegistry registry, String name) {
		Observation observation = Observation.createNotStarted(name, registry);
		for (int i = 0; i < KEYS.length; i++) {
			observation.lowCardinalityKeyValue(KEYS[i], VALUES[i]);
		}
		return observation.start();
	}

	/**
	 * Observations that nobody listens to, but for one handler: without any they would be
	 * left out.
	 */
	@State(org.openjdk.jmh.annotations.Scope.Benchmark)
	public static class Bare {

		ObservationRegistry registry;

		@Setup
		public void start() {
			this.registry = ObservationRegistry.create();
			this.registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

				@Override
				public boolean supportsContext(Observation.Context context) {
					return true;
				}

			});
		}

	}

	/** Spring Boot's own tracing. */
	@State(org.openjdk.jmh.annotations.Scope.Benchmark)
	public static class SpringBoot extends Traced {

		public SpringBoot() {
			super(false);
		}

	}

	/** Hindspan. */
	@State(org.openjdk.jmh.annotations.Scope.Benchmark)
	public static class Hindspan extends Traced {

		public Hindspan() {
			super(true);
		}

	}

	/** A traced application. */
	@State(org.openjdk.jmh.annotations.Scope.Benchmark)
	public abstract static class Traced {

		@Param({ "1.0", "0.0" })
		public double probability;

		ObservationRegistry registry;

		Tracer tracer;

		private final boolean hindspan;

		private ConfigurableApplicationContext context;

		Traced(boolean hindspan) {
			this.hindspan = hindspan;
		}

		@Setup
		public void start() {
			this.context = TracedContext.start(this.hindspan, this.probability);
			this.registry = this.context.getBean(ObservationRegistry.class);
			this.tracer = this.context.getBean(OpenTelemetry.class).getTracer("benchmark");
		}

		@TearDown
		public void stop() {
			this.context.close();
		}

	}

}
