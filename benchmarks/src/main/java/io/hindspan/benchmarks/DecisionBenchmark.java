package io.hindspan.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The decision on a request that begins a trace, at a probability of 1 %: by
 * OpenTelemetry's own sampler, which Spring Boot configures, and by Hindspan's, also with
 * twenty rules of which none matches.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class DecisionBenchmark {

	private static final int TRACES = 1024;

	private static final int RULES = 20;

	/** Which sampler it is. */
	@Param({ "boot", "hindspan", "hindspan-rules", "hindspan-tail" })
	public String sampler;

	private final String[] traceIds = new String[TRACES];

	private final Attributes attributes = Attributes.of(AttributeKey.stringKey("http.request.method"), "GET",
			AttributeKey.stringKey("url.path"), "/api/v1/tasks/42");

	private int next;

	private Sampler asked;

	private Context rootContext;

	private ConfigurableApplicationContext context;

	@Setup
	public void start() {
		SplittableRandom random = new SplittableRandom(42);
		for (int i = 0; i < TRACES; i++) {
			this.traceIds[i] = TraceId.fromLongs(random.nextLong(), random.nextLong());
		}
		List<String> properties = new ArrayList<>(List.of("--hindspan.enabled=" + !this.sampler.equals("boot"),
				"--management.tracing.sampling.probability=0.01",
				"--hindspan.sampling.tail.enabled=" + this.sampler.endsWith("tail")));
		if (this.sampler.endsWith("rules")) {
			for (int i = 0; i < RULES; i++) {
				properties.add("--hindspan.sampling.rules[" + i + "].path=/api/v1/*/part-" + i + "/**");
				properties.add("--hindspan.sampling.rules[" + i + "].probability=1");
			}
		}
		this.context = TracedContext.start(properties);
		this.asked = this.context.getBean(Sampler.class);
		this.rootContext = rootContext();
	}

	/**
	 * The context that the SDK gives the sampler of a root: it says that trace ids are
	 * random.
	 */
	private static Context rootContext() {
		AtomicReference<Context> given = new AtomicReference<>();
		Sampler capturing = new Sampler() {

			@Override
			public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind kind,
					Attributes attributes, List<LinkData> links) {
				given.set(parentContext);
				return SamplingResult.drop();
			}

			@Override
			public String getDescription() {
				return "capturing";
			}

		};
		try (SdkTracerProvider provider = SdkTracerProvider.builder().setSampler(capturing).build()) {
			provider.get("benchmark").spanBuilder("root").startSpan().end();
		}
		return given.get();
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	public SamplingResult decide() {
		this.next = (this.next + 1) % TRACES;
		return this.asked.shouldSample(this.rootContext, this.traceIds[this.next], "GET", SpanKind.SERVER,
				this.attributes, List.of());
	}

}
