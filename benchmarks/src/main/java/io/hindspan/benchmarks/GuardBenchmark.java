package io.hindspan.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
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
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.guard.SpanGuard;

/**
 * What the guard costs for each exported span, in a batch as large as Spring Boot's: for
 * requests and statements in which there is nothing to mask, for spans with a stack
 * trace, and for spans with a secret. With {@code -prof gc} also in bytes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class GuardBenchmark {

	private static final int BATCH = 512;

	private static final String SQL = "select t1_0.id, t1_0.title, t1_0.created_at, p1_0.name from tasks t1_0 "
			+ "join projects p1_0 on p1_0.id = t1_0.project_id where t1_0.owner_id = ? and t1_0.state in (?, ?) limit ?";

	/** What the spans are like. */
	@Param({ "request", "statement", "exception", "secret" })
	public String content;

	private final List<SpanData> batch = new ArrayList<>();

	private ConfigurableApplicationContext context;

	private SpanGuard guard;

	@Setup
	public void start() {
		this.context = TracedContext.start(true, 1);
		this.guard = this.context.getBean(SpanGuard.class);
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(SimpleSpanProcessor.create(new Collector()))
			.build()) {
			for (int i = 0; i < BATCH; i++) {
				Span span = provider.get("io.hindspan").spanBuilder(name()).setSpanKind(SpanKind.CLIENT).startSpan();
				fill(span, i);
				span.end();
			}
		}
	}

	private String name() {
		return this.content.equals("statement") ? "SELECT tasks" : "GET /api/v1/tasks/{id}";
	}

	private void fill(Span span, int i) {
		if (this.content.equals("statement")) {
			span.setAttribute("db.system.name", "postgresql");
			span.setAttribute("db.namespace", "tasks");
			span.setAttribute("db.operation.name", "SELECT");
			span.setAttribute("db.collection.name", "tasks");
			span.setAttribute("db.query.summary", "SELECT tasks");
			span.setAttribute("db.query.text", SQL);
			span.setAttribute("server.address", "db.internal.example");
			span.setAttribute("server.port", 5432);
			span.setAttribute("db.response.returned_rows", i);
			return;
		}
		span.setAttribute("http.request.method", "GET");
		span.setAttribute("http.route", "/api/v1/tasks/{id}");
		span.setAttribute("url.path", "/api/v1/tasks/" + i);
		span.setAttribute("url.scheme", "http");
		span.setAttribute("http.response.status_code", 200);
		span.setAttribute("server.address", "tasks.internal.example");
		span.setAttribute("server.port", 8080);
		span.setAttribute("user_agent.original",
				"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari");
		span.setAttribute("client.address", "10.1.2.3");
		span.setAttribute("network.protocol.version", "1.1");
		span.setAttribute("task.id", i);
		span.addEvent("task_loaded", Attributes.of(AttributeKey.stringKey("task.title"), "Write the report"));
		if (this.content.equals("exception")) {
			span.recordException(new IllegalStateException("No task " + i, new IllegalArgumentException("id")));
			span.setStatus(StatusCode.ERROR, "No task " + i);
		}
		if (this.content.equals("secret")) {
			span.setAttribute("url.full", "https://tasks.internal.example/api/v1/tasks?owner=john&page=" + i);
			span.setAttribute("task.owner", "john" + i + "@example.com");
		}
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	@OperationsPerInvocation(BATCH)
	public List<SpanData> guard() {
		return this.guard.guard(this.batch);
	}

	private final class Collector implements SpanExporter {

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			GuardBenchmark.this.batch.addAll(spans);
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
