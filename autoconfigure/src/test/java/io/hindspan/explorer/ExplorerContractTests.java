package io.hindspan.explorer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import tools.jackson.databind.JsonNode;

import io.hindspan.explorer.RunningExplorer.Reply;
import io.hindspan.store.SpanRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what the explorer answers, on both kinds of servers.
 */
@ParameterizedClass
@EnumSource(names = { "SERVLET", "REACTIVE" })
class ExplorerContractTests {

	private static RunningExplorer explorer;

	@BeforeParameterizedClassInvocation
	static void start(WebApplicationType type) {
		explorer = RunningExplorer.start(type, ExplorerApplication.class, "--hindspan.guard.enabled=true",
				"--spring.application.version=1.2.3");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		explorer.close();
	}

	ExplorerContractTests(WebApplicationType type) {
	}

	@BeforeEach
	void fill() {
		// What the test before has made may still be on its way
		explorer.context().getBean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS);
		explorer.receiver().reset();
		explorer.store().clear();
		Attributes request = Attributes.builder()
			.put("http.request.method", "POST")
			.put("http.response.status_code", 500L)
			.put("big", (1L << 53) + 1)
			.put("hostile", "</script>\u2028\ud800\"")
			.put("ratio", Double.NaN)
			.put(AttributeKey.stringArrayKey("tags"), List.of("a", "b"))
			.build();
		explorer.store()
			.add(List.of(
					StoredSpans.span(StoredSpans.TRACE, "00f067aa0ba902b7", null, "tasks", SpanKind.SERVER,
							"POST /api/v1/tasks", 0, 5_000_000, StatusCode.ERROR, request),
					StoredSpans.span(StoredSpans.TRACE, "00f067aa0ba902b8", "00f067aa0ba902b7", "tasks",
							SpanKind.CLIENT, "INSERT tasks", 1_000_000, 2_000_000,
							Attributes.builder().put("db.system.name", "postgresql").build())));
	}

	@Test
	void pathWithoutASlashLeadsToThePage() throws Exception {
		Reply reply = explorer.get("/hindspan?trace=1");
		assertThat(reply.status()).isEqualTo(302);
		assertThat(reply.header("Location")).isEqualTo("hindspan/?trace=1");
	}

	@Test
	void filesHaveATypeAndAreAskedForAgain() throws Exception {
		Reply reply = explorer.get("/hindspan/test-page.js");
		assertThat(reply.status()).isEqualTo(200);
		assertThat(reply.text()).isEqualTo("export const here = true;\n");
		assertThat(reply.header("Content-Type")).isEqualTo("text/javascript;charset=UTF-8");
		assertThat(reply.header("Cache-Control")).isEqualTo("no-cache");
		Reply again = explorer.get("/hindspan/test-page.js", "If-None-Match: " + reply.header("ETag"));
		assertThat(again.status()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		assertThat(again.header("ETag")).isEqualTo(reply.header("ETag"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/hindspan/Explorer.class", "/hindspan/none.js", "/hindspan/../../application.yml",
			"/hindspan/%2e%2e/%2e%2e/application.yml", "/hindspan/..%2f..%2fapplication.yml", "/hindspan//etc/passwd",
			"/hindspan/js/../test-page.js", "/hindspan/test-page.js%00.html", "/hindspan/api/none", "/hindspan/api/",
			"/%68indspan/api/status" })
	void whatIsNotThereIsNotFound(String path) throws Exception {
		assertThat(explorer.get(path).status()).isIn(400, 404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/hindspan", "/hindspan/test-page.js", "/hindspan/api/status", "/hindspan/api/none",
			"/hindspan/api/traces?limit=0" })
	void everyAnswerForbidsWhatThePageDoesNotNeed(String path) throws Exception {
		Reply reply = explorer.get(path);
		assertThat(reply.header("Content-Security-Policy")).isEqualTo(
				"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
						+ " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
		assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
		assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
		assertThat(reply.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
		assertThat(reply.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
		assertThat(reply.header("Access-Control-Allow-Origin")).isNull();
	}

	@Test
	void statusTellsWhoseTracesTheseAre() throws Exception {
		Reply reply = explorer.get("/hindspan/api/status");
		assertThat(reply.header("Content-Type")).isEqualTo("application/json");
		assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
		JsonNode status = reply.json();
		assertThat(status.path("service").asString()).isEqualTo("tasks");
		assertThat(status.path("environment").asString()).isEqualTo("development");
		assertThat(status.path("version").asString()).isEqualTo("1.2.3");
		assertThat(status.path("traces").asInt()).isEqualTo(1);
		assertThat(status.path("revision").asLong()).isEqualTo(explorer.store().revision());
		assertThat(status.path("logs").asBoolean()).isTrue();
		assertThat(status.path("intake").asBoolean()).isTrue();
		assertThat(status.has("disk")).isFalse();
	}

	@Test
	void boundsAreToldWithWhatIsTaken() throws Exception {
		JsonNode bounds = explorer.get("/hindspan/api/bounds").json().path("bounds");
		assertThat(bounds.valueStream().map((bound) -> bound.path("what").asString())).contains("Traces in memory",
				"Spans of a trace in memory", "Log lines of traces", "Spans of traces that are not decided yet",
				"Spans before they are in batches", "Spans that wait for target 'store'", "Attributes of a span",
				"Length of a text");
		JsonNode memory = bounds.valueStream()
			.filter((bound) -> bound.path("what").asString().equals("Traces in memory"))
			.findFirst()
			.orElseThrow();
		assertThat(memory.path("unit").asString()).isEqualTo("bytes");
		assertThat(memory.path("current").asLong()).isEqualTo(explorer.store().status().bytes()).isPositive();
		assertThat(memory.path("limit").asLong()).isEqualTo(explorer.store().status().maxBytes());
		assertThat(memory.path("givenUp").asInt(-1)).isZero();
		assertThat(memory.path("loss").asString()).isEqualTo("traces forgotten");
		assertThat(memory.path("property").asString()).isEqualTo("hindspan.store.max-size");
		assertThat(bounds.valueStream().filter((bound) -> !bound.has("current"))).isNotEmpty()
			.allMatch((bound) -> bound.path("limit").asLong() > 0);
	}

	@Test
	void searchListsTraces() throws Exception {
		JsonNode answer = explorer.get("/hindspan/api/traces?q=&limit=10&sort=duration&order=asc").json();
		assertThat(answer.path("total").asInt()).isEqualTo(1);
		JsonNode trace = answer.path("traces").path(0);
		assertThat(trace.path("traceId").asString()).isEqualTo(StoredSpans.TRACE);
		assertThat(trace.path("name").asString()).isEqualTo("POST /api/v1/tasks");
		assertThat(trace.path("service").asString()).isEqualTo("tasks");
		assertThat(trace.path("kind").asString()).isEqualTo("SERVER");
		assertThat(trace.path("start").asLong()).isEqualTo(StoredSpans.START / 1000);
		assertThat(trace.path("duration").asLong()).isEqualTo(5_000_000);
		assertThat(trace.path("spans").asInt()).isEqualTo(2);
		assertThat(trace.path("errors").asInt()).isEqualTo(1);
		assertThat(trace.path("error").asBoolean()).isTrue();
		assertThat(trace.path("complete").asBoolean()).isTrue();
		assertThat(trace.path("statusCode").asInt()).isEqualTo(500);
		assertThat(trace.path("services").path(0).toString())
			.isEqualTo("{\"name\":\"tasks\",\"spans\":2,\"errors\":1}");
		assertThat(answer.path("histogram").path("counts").size())
			.isEqualTo(answer.path("histogram").path("bounds").size() + 1);
	}

	@Test
	void listThatHasNotChangedIsNotSentAgain() throws Exception {
		Reply reply = explorer.get("/hindspan/api/traces?limit=10");
		String etag = reply.header("ETag");
		assertThat(etag).isNotNull();
		Reply again = explorer.get("/hindspan/api/traces?limit=10", "If-None-Match: " + etag);
		assertThat(again.status()).isEqualTo(304);
		explorer.store()
			.add(List.of(StoredSpans.span("1" + StoredSpans.TRACE.substring(1), "00f067aa0ba902b9", null, "tasks",
					SpanKind.SERVER, "GET /", 0, 1, Attributes.empty())));
		assertThat(explorer.get("/hindspan/api/traces?limit=10", "If-None-Match: " + etag).status()).isEqualTo(200);
		assertThat(explorer.get("/hindspan/api/traces?from=15m").header("ETag")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "limit=0,'limit'", "limit=501,'limit'", "limit=x,'limit'", "offset=-1,'offset'", "sort=name,'sort'",
			"order=up,'order'", "from=yesterday,'from'", "to=99999999999999999999,'to'" })
	void wrongParameterIsSaid(String query, String named) throws Exception {
		Reply reply = explorer.get("/hindspan/api/traces?" + query);
		assertThat(reply.status()).isEqualTo(400);
		assertThat(reply.error()).contains(named);
	}

	@Test
	void traceIsToldInFull() throws Exception {
		JsonNode trace = explorer.get("/hindspan/api/traces/" + StoredSpans.TRACE).json();
		assertThat(trace.path("traceId").asString()).isEqualTo(StoredSpans.TRACE);
		assertThat(trace.path("revision").asLong()).isEqualTo(explorer.store().revision());
		assertThat(trace.path("resources").toString()).isEqualTo("[{\"service.name\":\"tasks\"}]");
		JsonNode root = trace.path("spans").path(0);
		assertThat(root.path("spanId").asString()).isEqualTo("00f067aa0ba902b7");
		assertThat(root.has("parentId")).isFalse();
		assertThat(root.path("status").asString()).isEqualTo("ERROR");
		assertThat(root.path("attributes").path("http.response.status_code").asInt()).isEqualTo(500);
		assertThat(root.path("attributes").path("big").asString()).isEqualTo("9007199254740993");
		assertThat(root.path("attributes").path("big").isString()).isTrue();
		assertThat(root.path("attributes").path("hostile").asString()).isEqualTo("</script>\u2028\ufffd\"");
		assertThat(root.path("attributes").path("ratio").asString()).isEqualTo("NaN");
		assertThat(root.path("attributes").path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
		JsonNode child = trace.path("spans").path(1);
		assertThat(child.path("parentId").asString()).isEqualTo("00f067aa0ba902b7");
		assertThat(child.path("start").asLong()).isEqualTo(1_000_000);
		assertThat(child.path("duration").asLong()).isEqualTo(2_000_000);
		assertThat(child.path("resource").asInt()).isZero();
		assertThat(trace.path("criticalPath").isArray()).isTrue();
		assertThat(trace.path("findings").isArray()).isTrue();
	}

	@Test
	void traceTellsWhichSpansAQueryFinds() throws Exception {
		String path = "/hindspan/api/traces/" + StoredSpans.TRACE;
		assertThat(explorer.get(path).json().has("matches")).isFalse();
		assertThat(explorer.get(path + "?q=kind%3Dserver").json().path("matches").toString())
			.isEqualTo("[\"00f067aa0ba902b7\"]");
		assertThat(explorer.get(path + "?q=kind%3Dconsumer").json().path("matches").toString()).isEqualTo("[]");
		assertThat(explorer.get(path + "?q=kind%3D").json().path("position").asInt()).isEqualTo(5);
	}

	@Test
	void hopThatLostTheTraceIsToldWhenSpansHaveHadTimeToArrive() throws Exception {
		long now = TimeUnit.MILLISECONDS.toNanos(Clock.systemUTC().millis()) - StoredSpans.START;
		String settled = "2" + StoredSpans.TRACE.substring(1);
		String fresh = "3" + StoredSpans.TRACE.substring(1);
		explorer.store().add(lost(settled, now - 60_000_000_000L));
		explorer.store().add(lost(fresh, now));
		assertThat(explorer.get("/hindspan/api/traces/" + settled).json().path("findings").toString())
			.contains("\"LOST_TRACE\"");
		assertThat(explorer.get("/hindspan/api/traces/" + fresh).json().path("findings").toString())
			.doesNotContain("\"LOST_TRACE\"");
	}

	/** A request of another service whose caller's span is missing. */
	private static List<SpanRecord> lost(String traceId, long from) {
		return List.of(
				StoredSpans.span(traceId, "00f067aa0ba902b1", null, "tasks", SpanKind.SERVER, "POST /tasks", from,
						5_000_000, Attributes.empty()),
				StoredSpans.span(traceId, "00f067aa0ba902b2", "00f067aa0ba902b9", "worker", SpanKind.SERVER,
						"POST /work", from + 1_000_000, 1_000_000, Attributes.empty()));
	}

	@Test
	void unknownTraceIsNotFound() throws Exception {
		Reply reply = explorer.get("/hindspan/api/traces/0" + StoredSpans.TRACE.substring(1));
		assertThat(reply.status()).isEqualTo(404);
		assertThat(reply.error()).contains("not known");
	}

	@Test
	void traceIsToldAsOtlp() throws Exception {
		JsonNode otlp = explorer.get("/hindspan/api/traces/" + StoredSpans.TRACE + "/otlp").json();
		JsonNode span = otlp.path("resourceSpans").path(0).path("scopeSpans").path(0).path("spans").path(0);
		assertThat(span.path("traceId").asString()).isEqualTo(StoredSpans.TRACE);
		assertThat(span.path("kind").asInt()).isEqualTo(2);
		assertThat(span.path("startTimeUnixNano").asString()).isEqualTo(Long.toString(StoredSpans.START));
	}

	@Test
	void traceIsComparedWithAnotherOneAndWithUsualOnes() throws Exception {
		String path = "/hindspan/api/traces/" + StoredSpans.TRACE + "/comparison?with=";
		assertThat(explorer.get(path).status()).isEqualTo(400);
		assertThat(explorer.get(path + "usual").status()).isEqualTo(404);
		assertThat(explorer.get(path + "abc").status()).isEqualTo(404);
		SpanRecord other = StoredSpans.span("1" + StoredSpans.TRACE.substring(1), "00f067aa0ba902b9", null, "tasks",
				SpanKind.SERVER, "POST /api/v1/tasks", 0, 1_000_000, Attributes.empty());
		explorer.store().add(List.of(other));
		JsonNode usual = explorer.get(path + "usual").json();
		assertThat(usual.path("before").path("traces").asInt()).isEqualTo(1);
		assertThat(usual.path("before").path("duration").asLong()).isEqualTo(1_000_000);
		assertThat(usual.path("before").has("traceId")).isFalse();
		assertThat(usual.path("after").path("duration").asLong()).isEqualTo(5_000_000);
		assertThat(usual.path("rows").isArray()).isTrue();
		JsonNode compared = explorer.get(path + other.traceId()).json();
		assertThat(compared.path("before").path("traceId").asString()).isEqualTo(other.traceId());
		assertThat(compared.path("after").path("spans").asInt()).isEqualTo(2);
	}

	@Test
	void ratesAreOfAllTheTimeThatIsAskedFor() throws Exception {
		JsonNode map = explorer.get("/hindspan/api/services?from=-9223372036854775").json();
		assertThat(map.path("seconds").asLong()).isGreaterThan(9_223_372_036L);
		assertThat(map.path("services").path(0).path("rate").asDouble()).isLessThan(0.001);
	}

	@Test
	void servicesAndFieldsAreTold() throws Exception {
		JsonNode map = explorer.get("/hindspan/api/services").json();
		assertThat(map.path("services").path(0).path("name").asString()).isEqualTo("tasks");
		assertThat(map.path("calls").path(0).path("to").asString()).isEqualTo("postgresql");
		JsonNode fields = explorer.get("/hindspan/api/fields?prefix=http.request").json();
		assertThat(fields.toString())
			.isEqualTo("{\"fields\":[{\"name\":\"http.request.method\",\"values\":[\"POST\"]}]}");
	}

	@Test
	void onlyThePageItselfForgets() throws Exception {
		assertThat(explorer.send("DELETE", "/hindspan/api/traces", new byte[0]).status()).isEqualTo(403);
		assertThat(explorer
			.send("DELETE", "/hindspan/api/traces", new byte[0], "X-Hindspan: 1", "Sec-Fetch-Site: cross-site")
			.status()).isEqualTo(403);
		assertThat(explorer.store().find(StoredSpans.TRACE)).isNotNull();
		Reply reply = explorer.send("DELETE", "/hindspan/api/traces", new byte[0], "X-Hindspan: 1",
				"Sec-Fetch-Site: same-origin", "Origin: http://" + explorer.host());
		assertThat(reply.status()).isEqualTo(200);
		assertThat(reply.json().path("revision").asLong()).isEqualTo(explorer.store().revision());
		assertThat(explorer.store().find(StoredSpans.TRACE)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "POST,/hindspan/api/status", "PUT,/hindspan/api/traces", "POST,/hindspan/", "GET,/hindspan/v1/traces",
			"PATCH,/hindspan/test-page.js" })
	void otherMethodsAreNotAllowed(String method, String path) throws Exception {
		Reply reply = explorer.send(method, path, new byte[0]);
		assertThat(reply.status()).isEqualTo(405);
		assertThat(reply.header("Allow")).isNotEmpty();
	}

	@Test
	void headHasNoBody() throws Exception {
		Reply reply = explorer.send("HEAD", "/hindspan/api/status", new byte[0]);
		assertThat(reply.status()).isEqualTo(200);
		assertThat(reply.body()).isEmpty();
	}

	@Test
	void tracesOfOtherServicesAreTaken() throws Exception {
		explorer.store().clear();
		Reply reply = post(SentTraces.protobuf("GET /jobs", "GET /queue"), "Content-Type: application/x-protobuf");
		assertThat(reply.status()).as(reply.text()).isEqualTo(200);
		assertThat(reply.header("Content-Type")).isEqualTo("application/x-protobuf");
		assertThat(reply.body()).isEmpty();
		assertThat(names()).containsExactlyInAnyOrder("GET /jobs", "GET /queue");
	}

	@Test
	void nothingBlocksTheThreadsOfTheServersConnections() throws Exception {
		assertThat(post(SentTraces.json("whoever reads this"), "Content-Type: application/json").status())
			.isEqualTo(200);
		assertThat(explorer.context().getBean(ExplorerApplication.GuardThreads.class).names()).isNotEmpty()
			.allMatch((name) -> name.contains("exec-") || name.startsWith("boundedElastic-"));
	}

	@Test
	void jsonAndGzipAreTaken() throws Exception {
		explorer.store().clear();
		Reply reply = post(gzip(SentTraces.json("GET /jobs")), "Content-Type: application/json; charset=utf-8",
				"Content-Encoding: gzip");
		assertThat(reply.status()).isEqualTo(200);
		assertThat(reply.text()).isEqualTo("{}");
		assertThat(names()).containsExactly("GET /jobs");
	}

	@Test
	void whatIsTakenPassesTheGuard() throws Exception {
		explorer.store().clear();
		post(SentTraces.json("mail to ada@example.org"), "Content-Type: application/json");
		assertThat(names()).hasSize(1).first().asString().startsWith("mail to").doesNotContain("ada@example.org");
	}

	@Test
	void whatCannotBeReadIsRefusedInTheCallersFormat() throws Exception {
		Reply json = post("broken".getBytes(StandardCharsets.UTF_8), "Content-Type: application/json");
		assertThat(json.status()).isEqualTo(400);
		assertThat(json.json().path("code").asInt()).isEqualTo(3);
		assertThat(json.json().path("message").asString()).contains("cannot be read");
		Reply protobuf = post("broken".getBytes(StandardCharsets.UTF_8), "Content-Type: application/x-protobuf");
		assertThat(protobuf.status()).isEqualTo(400);
		assertThat(protobuf.body()[0]).isEqualTo((byte) 0x08);
		assertThat(protobuf.text()).contains("cannot be read");
		assertThat(post(new byte[] { 1, 2, 3 }, "Content-Type: application/json", "Content-Encoding: gzip").status())
			.isEqualTo(400);
	}

	@Test
	void explorersOwnRequestsLeaveNoTrace() throws Exception {
		for (String path : List.of("/hindspan", "/hindspan/test-page.js", "/hindspan/api/status",
				"/hindspan/api/traces", "/hindspan/api/none")) {
			Reply reply = explorer.get(path, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
			assertThat(reply.header("X-Trace-Id")).as(path).isNull();
			assertThat(reply.header("traceresponse")).as(path).isNull();
		}
		post(SentTraces.json("GET /jobs"), "Content-Type: application/json");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://" + explorer.host() + "/tasks")).build(),
					HttpResponse.BodyHandlers.ofString());
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		explorer.receiver().awaitTrace(traceId, 1);
		assertThat(explorer.receiver().traces()).extracting((trace) -> trace.traceId()).containsExactly(traceId);
		await().until(() -> explorer.store().find(traceId) != null);
		MeterRegistry meters = explorer.context().getBean(MeterRegistry.class);
		await().untilAsserted(() -> assertThat(uris(meters)).contains("/tasks"));
		assertThat(uris(meters)).noneMatch((uri) -> uri.contains("hindspan"));
	}

	@Test
	void whatIsLoggedWithinATraceIsToldWithoutSecrets() throws Exception {
		String traceId = explorer.get("/tasks").header("X-Trace-Id");
		await().until(() -> explorer.store().find(String.valueOf(traceId)) != null);
		JsonNode logs = explorer.get("/hindspan/api/traces/" + traceId + "/logs").json();
		assertThat(logs.path("dropped").asInt()).isZero();
		assertThat(logs.path("logs").size()).isEqualTo(1);
		JsonNode line = logs.path("logs").path(0);
		assertThat(line.path("level").asString()).isEqualTo("INFO");
		assertThat(line.path("logger").asString()).isEqualTo(ExplorerApplication.class.getName());
		assertThat(line.path("message").asString()).startsWith("Tasks of ").doesNotContain("ada@example.org");
		assertThat(line.path("spanId").asString()).hasSize(16);
		assertThat(line.path("thread").asString()).isNotEmpty();
	}

	private static List<String> uris(MeterRegistry meters) {
		return meters.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().equals("http.server.requests"))
			.map((id) -> String.valueOf(id.getTag("uri")))
			.toList();
	}

	private static List<String> names() throws IOException {
		return explorer.get("/hindspan/api/traces")
			.json()
			.path("traces")
			.valueStream()
			.map((trace) -> trace.path("name").asString())
			.toList();
	}

	private static Reply post(byte[] body, String... headers) throws IOException {
		return explorer.send("POST", "/hindspan/v1/traces", body, headers);
	}

	static byte[] gzip(byte[] content) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
			zip.write(content);
		}
		return out.toByteArray();
	}

}
