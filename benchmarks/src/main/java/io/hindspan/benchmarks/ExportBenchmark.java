package io.hindspan.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
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
 * The way of 512 ended spans from the batch processor to a backend that has taken them,
 * by OTLP over HTTP: Spring Boot's and Hindspan's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class ExportBenchmark {

	private static final int BATCH = 512;

	private static final int PATIENCE = 200;

	private static final int ATTEMPTS = 100;

	@Param({ "false", "true" })
	public boolean hindspan;

	@Param({ "none", "gzip" })
	public String compression;

	private final ReadableSpan[] spans = new ReadableSpan[BATCH];

	private OtlpSink sink;

	private ConfigurableApplicationContext context;

	private BatchSpanProcessor processor;

	private SdkTracerProvider provider;

	@Setup
	public void start() throws IOException, InterruptedException {
		this.sink = OtlpSink.start();
		this.context = TracedContext
			.start(List.of("--hindspan.enabled=" + this.hindspan, "--management.tracing.sampling.probability=1",
					// Full batches only
					"--management.opentelemetry.tracing.export.schedule-delay=1h",
					"--management.opentelemetry.tracing.export.otlp.endpoint=" + this.sink.endpoint(),
					"--management.opentelemetry.tracing.export.otlp.compression=" + this.compression));
		this.processor = this.context.getBean(BatchSpanProcessor.class);
		this.provider = this.context.getBean(SdkTracerProvider.class);
		Tracer tracer = this.context.getBean(OpenTelemetry.class).getTracer("benchmark");
		for (int i = 0; i < BATCH; i++) {
			Span span = tracer.spanBuilder("GET /tasks/{id}").setSpanKind(SpanKind.SERVER).startSpan();
			span.setAttribute("http.request.method", "GET")
				.setAttribute("http.route", "/tasks/{id}")
				.setAttribute("url.path", "/tasks/" + i)
				.setAttribute("http.response.status_code", 200)
				.setAttribute("task.state", "open");
			span.end();
			this.spans[i] = (ReadableSpan) span;
		}
		// Those that were made here
		this.sink.awaitRequest(PATIENCE);
	}

	@TearDown
	public void stop() throws IOException {
		this.context.close();
		this.sink.close();
	}

	@Benchmark
	public void export() throws InterruptedException {
		for (ReadableSpan span : this.spans) {
			this.processor.onEnd(span);
		}
		for (int i = 0; i < ATTEMPTS; i++) {
			if (this.sink.awaitRequest(PATIENCE)) {
				return;
			}
			// The batch processor can miss that a batch is full
			this.provider.forceFlush();
		}
		throw new IllegalStateException("The spans were not exported");
	}

}
