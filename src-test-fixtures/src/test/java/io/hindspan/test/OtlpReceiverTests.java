package io.hindspan.test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OtlpReceiverTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	@AfterEach
	void close() {
		this.receiver.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "gzip" })
	void decodesEverythingThatTheExporterSends(String compression) {
		SpanContext caller = SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("vendor", "1").build());
		SpanContext linked = SpanContext.create("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7",
				TraceFlags.getSampled(), TraceState.getDefault());
		try (SdkTracerProvider provider = provider("api", compression)) {
			Span span = provider.tracerBuilder("io.hindspan.web")
				.setInstrumentationVersion("1.2")
				.build()
				.spanBuilder("GET /tasks/{id}")
				.setSpanKind(SpanKind.SERVER)
				.setParent(Context.root().with(Span.wrap(caller)))
				.addLink(linked, Attributes.of(AttributeKey.stringKey("why"), "batch"))
				.setAttribute("text", "a")
				.setAttribute("flag", true)
				.setAttribute("count", 7)
				.setAttribute("ratio", 0.5)
				.setAttribute(AttributeKey.stringArrayKey("texts"), List.of("a", "b"))
				.setAttribute(AttributeKey.longArrayKey("counts"), List.of(1L, 2L))
				.setStartTimestamp(1_000_000_001, TimeUnit.NANOSECONDS)
				.startSpan();
			span.setAttribute("one too many", "dropped");
			span.addEvent("cache.miss", Attributes.of(AttributeKey.longKey("size"), 3L), 1_000_000_002,
					TimeUnit.NANOSECONDS);
			span.setStatus(StatusCode.ERROR, "no such task");
			span.end(1_500_000_001, TimeUnit.NANOSECONDS);
			assertThat(this.receiver.awaitSpans(1)).singleElement().satisfies((recorded) -> {
				assertThat(recorded.traceId()).isEqualTo(caller.getTraceId());
				assertThat(recorded.spanId()).isEqualTo(span.getSpanContext().getSpanId());
				assertThat(recorded.parentSpanId()).isEqualTo(caller.getSpanId());
				assertThat(recorded.parentIsRemote()).contains(true);
				assertThat(recorded.isSampled()).isTrue();
				assertThat(recorded.traceState()).isEqualTo("vendor=1");
				assertThat(recorded.name()).isEqualTo("GET /tasks/{id}");
				assertThat(recorded.kind()).isEqualTo(SpanKind.SERVER);
				assertThat(recorded.status()).isEqualTo(StatusCode.ERROR);
				assertThat(recorded.statusMessage()).isEqualTo("no such task");
				assertThat(recorded.startNanos()).isEqualTo(1_000_000_001);
				assertThat(recorded.duration()).isEqualTo(Duration.ofMillis(500));
				assertThat(recorded.attributes()).isEqualTo(Map.of("text", "a", "flag", true, "count", 7L, "ratio", 0.5,
						"texts", List.of("a", "b"), "counts", List.of(1L, 2L)));
				assertThat(recorded.dropped()).isEqualTo(new RecordedSpan.Dropped(1, 0, 0));
				assertThat(recorded.events())
					.containsExactly(new RecordedSpan.Event("cache.miss", 1_000_000_002, Map.of("size", 3L)));
				assertThat(recorded.links()).singleElement().satisfies((link) -> {
					assertThat(link.traceId()).isEqualTo(linked.getTraceId());
					assertThat(link.spanId()).isEqualTo(linked.getSpanId());
					assertThat(link.attributes()).isEqualTo(Map.of("why", "batch"));
				});
				assertThat(recorded.service()).isEqualTo("api");
				assertThat(recorded.resource()).containsEntry("telemetry.sdk.language", "java");
				assertThat(recorded.scope()).isEqualTo(new RecordedSpan.Scope("io.hindspan.web", "1.2", Map.of()));
			});
		}
		assertThat(this.receiver.requests()).singleElement()
			.satisfies((request) -> assertThat(request.headers().containsKey("content-encoding"))
				.isEqualTo(compression.equals("gzip")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "gzip" })
	void receivesOverGrpc(String compression) {
		try (OtlpReceiver grpc = OtlpReceiver.startGrpc()) {
			OtlpGrpcSpanExporter exporter = OtlpGrpcSpanExporter.builder()
				.setEndpoint(grpc.endpoint())
				.setCompression(compression)
				.addHeader("x-tenant", "acme")
				.build();
			try (SdkTracerProvider provider = SdkTracerProvider.builder()
				.addSpanProcessor(SimpleSpanProcessor.create(exporter))
				.build()) {
				provider.get("test").spanBuilder("work").startSpan().end();
				assertThat(grpc.awaitSpans(1)).extracting(RecordedSpan::name).containsExactly("work");
			}
			assertThat(grpc.requests()).singleElement().satisfies((request) -> {
				assertThat(request.headers()).containsEntry("x-tenant", List.of("acme"));
				assertThat(request.bodyBytes()).isPositive();
			});
		}
	}

	@Test
	void keepsTheGroupingOfABatch() {
		OtlpHttpSpanExporter exporter = exporter("none");
		BatchSpanProcessor batch = BatchSpanProcessor.builder(exporter).setScheduleDelay(Duration.ofMinutes(1)).build();
		try (SdkTracerProvider provider = SdkTracerProvider.builder().addSpanProcessor(batch).build()) {
			for (int i = 0; i < 5; i++) {
				provider.get("test").spanBuilder("work").startSpan().end();
			}
			CompletableResultCode flushed = provider.forceFlush().join(10, TimeUnit.SECONDS);
			assertThat(flushed.isSuccess()).isTrue();
		}
		assertThat(this.receiver.requests()).singleElement().satisfies((request) -> {
			assertThat(request.resourceSpans()).hasSize(1);
			assertThat(request.spans()).hasSize(5);
			assertThat(request.bodyBytes()).isPositive();
		});
	}

	@Test
	void putsSpansOfSeveralServicesTogetherInAnyOrderOfArrival() {
		try (SdkTracerProvider api = provider("api", "none"); SdkTracerProvider worker = provider("worker", "none")) {
			Tracer tracer = api.get("test");
			Span root = tracer.spanBuilder("POST /tasks").setNoParent().startSpan();
			Span child = worker.get("test")
				.spanBuilder("tasks.created process")
				.setParent(Context.root().with(root))
				.startSpan();
			Span grandchild = worker.get("test")
				.spanBuilder("INSERT audit")
				.setParent(Context.root().with(child))
				.startSpan();
			CompletableFuture<RecordedTrace> awaited = CompletableFuture
				.supplyAsync(() -> this.receiver.awaitTrace(root.getSpanContext().getTraceId(), 3));
			grandchild.end();
			root.end();
			child.end();
			RecordedTrace trace = awaited.join();
			assertThat(trace.roots()).extracting(RecordedSpan::name).containsExactly("POST /tasks");
			assertThat(trace.descendants(trace.span("POST /tasks"))).extracting(RecordedSpan::name)
				.containsExactly("tasks.created process", "INSERT audit");
			assertThat(trace.services()).containsExactly("api", "worker");
		}
	}

	@Test
	void repeatsAssertionsUntilTheyHold() {
		try (SdkTracerProvider provider = provider("api", "none")) {
			Tracer tracer = provider.get("test");
			Span root = tracer.spanBuilder("root").setNoParent().startSpan();
			Span child = tracer.spanBuilder("child").setParent(Context.root().with(root)).startSpan();
			root.end();
			CompletableFuture<RecordedTrace> awaited = CompletableFuture
				.supplyAsync(() -> this.receiver.awaitTrace(root.getSpanContext().getTraceId(),
						(trace) -> TraceAssertions.assertThat(trace).hasSpanCount(2)));
			child.end();
			assertThat(awaited.join().spans()).hasSize(2);
		}
	}

	@Test
	void tellsWhatItReceivedWhenTimeIsUp() {
		try (SdkTracerProvider provider = provider("api", "none")) {
			provider.get("test").spanBuilder("something else").startSpan().end();
		}
		assertThatThrownBy(
				() -> this.receiver.awaitTrace((trace) -> !trace.spans("expected").isEmpty(), Duration.ofMillis(50)))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("Waited 50 ms")
			.hasMessageContaining("something else INTERNAL [api]");
	}

	@Test
	void forgetsOnReset() {
		try (SdkTracerProvider provider = provider("api", "none")) {
			provider.get("test").spanBuilder("before").startSpan().end();
			this.receiver.awaitSpan((span) -> span.name().equals("before"));
			this.receiver.reset();
			assertThat(this.receiver.requests()).isEmpty();
			provider.get("test").spanBuilder("after").startSpan().end();
		}
		this.receiver.awaitQuiet(Duration.ofMillis(20));
		assertThat(this.receiver.spans()).extracting(RecordedSpan::name).containsExactly("after");
	}

	@Test
	void refusesWhatIsNotAnExport() throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.receiver.endpoint()));
		assertThat(status(request.copy().GET())).isEqualTo(405);
		assertThat(status(request.copy().POST(HttpRequest.BodyPublishers.ofString("{}")))).isEqualTo(415);
		request.header("Content-Type", "application/x-protobuf")
			.POST(HttpRequest.BodyPublishers.ofString("not protobuf"));
		assertThat(status(request.copy())).isEqualTo(400);
		assertThat(status(request.copy().header("Content-Encoding", "gzip"))).isEqualTo(400);
		assertThat(status(request.uri(URI.create(this.receiver.endpoint().replace("traces", "metrics")))))
			.isEqualTo(404);
		assertThat(this.receiver.requests()).isEmpty();
	}

	private static int status(HttpRequest.Builder request) throws IOException, InterruptedException {
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
	}

	private SdkTracerProvider provider(String service, String compression) {
		return SdkTracerProvider.builder()
			.setResource(Resource.getDefault().merge(Resource.builder().put("service.name", service).build()))
			.setSpanLimits(SpanLimits.builder().setMaxNumberOfAttributes(6).build())
			.addSpanProcessor(SimpleSpanProcessor.create(exporter(compression)))
			.build();
	}

	private OtlpHttpSpanExporter exporter(String compression) {
		return OtlpHttpSpanExporter.builder().setEndpoint(this.receiver.endpoint()).setCompression(compression).build();
	}

}
