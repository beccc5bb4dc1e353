package io.hindspan.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
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
 * A request of five spans with five attributes each, healthy and quick, under the ways to
 * sample: by OpenTelemetry's own sampler in plain Spring Boot, by Hindspan's, and with
 * the tail decision. The spans are made by OpenTelemetry's API and by observations.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SamplingBenchmark {

	private static final String[] NAMES = { "validate", "read", "store", "publish" };

	private static final String[] KEYS = { "task.kind", "task.state", "task.priority", "project", "outcome" };

	private static final String[] VALUES = { "bug", "open", "high", "hindspan", "created" };

	@Benchmark
	public void spans(Request state, Blackhole blackhole) {
		Span root = state.span("create");
		try (Scope scope = root.makeCurrent()) {
			for (String name : NAMES) {
				Span child = state.span(name);
				try (Scope childScope = child.makeCurrent()) {
					blackhole.consume(child);
				}
				child.end();
			}
		}
		root.end();
	}

	@Benchmark
	public void observations(Request state, Blackhole blackhole) {
		Observation root = state.observation("create");
		try (Observation.Scope scope = root.openScope()) {
			for (String name : NAMES) {
				Observation child = state.observation(name);
				try (Observation.Scope childScope = child.openScope()) {
					blackhole.consume(child);
				}
				child.stop();
			}
		}
		root.stop();
	}

	/**
	 * An application under one way to sample.
	 */
	@State(org.openjdk.jmh.annotations.Scope.Benchmark)
	public static class Request {

		/** Which application it is, and what becomes of the request. */
		@Param({ "boot-unsampled", "boot-sampled", "head-unsampled", "head-sampled", "head-sampled-unfolded",
				"tail-unsampled", "tail-unsampled-unfolded" })
		public String sampling;

		private final AttributeKey<?>[] attributes = new AttributeKey[KEYS.length];

		private ConfigurableApplicationContext context;

		private Tracer tracer;

		private ObservationRegistry registry;

		@Setup
		public void start() {
			for (int i = 0; i < KEYS.length; i++) {
				this.attributes[i] = AttributeKey.stringKey(KEYS[i]);
			}
			this.context = TracedContext.start(List.of("--hindspan.enabled=" + !this.sampling.startsWith("boot"),
					"--management.tracing.sampling.probability=" + (this.sampling.contains("unsampled") ? 0 : 1),
					"--hindspan.sampling.tail.enabled=" + this.sampling.startsWith("tail"),
					"--hindspan.sampling.max-repeated-spans=" + (this.sampling.endsWith("unfolded") ? 0 : 100)));
			this.tracer = this.context.getBean(OpenTelemetry.class).getTracer("benchmark");
			this.registry = this.context.getBean(ObservationRegistry.class);
		}

		@TearDown
		public void stop() {
			this.context.close();
		}

		@SuppressWarnings("unchecked")
		Span span(String name) {
			Span span = this.tracer.spanBuilder(name).startSpan();
			for (int i = 0; i < KEYS.length; i++) {
				span.setAttribute((AttributeKey<String>) this.attributes[i], VALUES[i]);
			}
			return span;
		}

		Observation observation(String name) {
			Observation observation = Observation.createNotStarted(name, this.registry);
			for (int i = 0; i < KEYS.length; i++) {
				observation.lowCardinalityKeyValue(KEYS[i], VALUES[i]);
			}
			return observation.start();
		}

	}

}
