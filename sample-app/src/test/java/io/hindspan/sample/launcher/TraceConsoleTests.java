package io.hindspan.sample.launcher;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TraceConsoleTests {

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final TraceConsole console = new TraceConsole(new PrintStream(this.output, true, StandardCharsets.UTF_8),
			Duration.ofMillis(300), Duration.ofSeconds(1));

	@AfterEach
	void close() {
		this.console.close();
	}

	@Test
	void printsOneTreeOfAllServices() throws Exception {
		export("worker", span(4, 2, "tasks.created process", 30, 50));
		export("api", span(1, 0, "POST /api/v1/tasks", 0, 40), span(2, 1, "tasks.created publish", 10, 12),
				span(3, 1, "INSERT tasks", 2, 9));
		await().untilAsserted(() -> assertThat(printed()).isEqualTo("""
				Trace 00000000000000000000000000000007 · 50.0 ms · 4 spans · api, worker
				POST /api/v1/tasks  40.0 ms  [api]
				├─ INSERT tasks  7.0 ms
				└─ tasks.created publish  2.0 ms
				   └─ tasks.created process  20.0 ms  [worker]

				"""));
	}

	@Test
	void marksErrors() throws Exception {
		Span.Builder failed = span(1, 0, "GET /api/v1/tasks/failing", 0, 3)
			.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("It fails"))
			.addAttributes(text("error.type", "java.lang.IllegalStateException"));
		export("api", failed);
		await().untilAsserted(() -> assertThat(printed())
			.contains("GET /api/v1/tasks/failing  3.0 ms  [api]  ERROR java.lang.IllegalStateException It fails"));
	}

	@Test
	void waitsLongerForTheRoot() throws Exception {
		export("api", span(3, 1, "INSERT tasks", 2, 9));
		await().untilAsserted(() -> assertThat(printed()).contains("1 span", "INSERT tasks"));
		export("api", span(1, 0, "POST /api/v1/tasks", 0, 40));
		await().untilAsserted(() -> assertThat(printed()).contains("POST /api/v1/tasks"));
	}

	private String printed() {
		return this.output.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
	}

	private void export(String service, Span.Builder... spans) throws Exception {
		ScopeSpans.Builder scope = ScopeSpans.newBuilder();
		for (Span.Builder span : spans) {
			scope.addSpans(span);
		}
		ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.setResource(Resource.newBuilder().addAttributes(text("service.name", service)))
				.addScopeSpans(scope))
			.build();
		HttpResponse<Void> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(this.console.endpoint()))
				.header("Content-Type", "application/x-protobuf")
				.POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
				.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(response.statusCode()).isEqualTo(200);
	}

	private static Span.Builder span(int id, int parent, String name, int startMillis, int endMillis) {
		Span.Builder span = Span.newBuilder()
			.setTraceId(id(16, 7))
			.setSpanId(id(8, id))
			.setName(name)
			.setStartTimeUnixNano(startMillis * 1_000_000L)
			.setEndTimeUnixNano(endMillis * 1_000_000L);
		return (parent != 0) ? span.setParentSpanId(id(8, parent)) : span;
	}

	private static KeyValue text(String key, String value) {
		return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
	}

	private static ByteString id(int length, int value) {
		byte[] id = new byte[length];
		id[length - 1] = (byte) value;
		return ByteString.copyFrom(id);
	}

}
