package io.hindspan.export;

import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for targets of Zipkin with Zipkin's own server and what it finds.
 */
@EnabledIfSystemProperty(named = ZipkinServer.PROPERTY, matches = ".+",
		disabledReason = "the profile zipkin brings the server")
class ZipkinIntegrationTests {

	private static ZipkinServer server;

	@BeforeAll
	static void startServer() {
		server = ZipkinServer.start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "gzip" })
	void traceOfAnApplicationIsFound(String compression) {
		String service = "tasks-" + compression;
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, "--spring.application.name=" + service,
						"--hindspan.export.targets.zipkin.compression=" + compression)) {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("create", registry)
				.observe(() -> Observation.createNotStarted("store", registry).observe(() -> {
				}));
			await()
				.untilAsserted(() -> assertThat(server.get("/api/v2/traces?serviceName=" + service + "&spanName=store"))
					.hasSize(1));
			assertThat(server.get("/api/v2/spans?serviceName=" + service)).extracting(JsonNode::asString)
				.containsExactlyInAnyOrder("create", "store");
			assertThat(server.get("/api/v2/services")).extracting(JsonNode::asString).contains(service);
		}
	}

	@Test
	void everythingOfASpanIsFound() {
		try (OtlpReceiver receiver = OtlpReceiver.start(); ConfigurableApplicationContext context = start(receiver)) {
			Tracer tracer = context.getBean(OpenTelemetry.class).getTracer("test", "1.2");
			Span root = tracer.spanBuilder("GET /tasks").setSpanKind(SpanKind.SERVER).setNoParent().startSpan();
			Span call = tracer.spanBuilder("GET /quota")
				.setParent(Context.root().with(root))
				.setSpanKind(SpanKind.CLIENT)
				.setAttribute("server.address", "notifier")
				.setAttribute("server.port", 8081)
				.setAttribute("text", "tab\tquote\" \u00e4\u20ac\uD83D\uDE00")
				.startSpan();
			call.addEvent("retry", Attributes.builder().put("attempt", 2).build());
			call.setStatus(StatusCode.ERROR, "no answer");
			call.end();
			root.end();
			String traceId = root.getSpanContext().getTraceId();
			await().untilAsserted(() -> assertThat(server.get("/api/v2/trace/" + traceId)).hasSize(2));
			JsonNode found = StreamSupport.stream(server.get("/api/v2/trace/" + traceId).spliterator(), false)
				.filter((span) -> span.path("kind").asString().equals("CLIENT"))
				.findFirst()
				.orElseThrow();
			assertThat(found.path("parentId").asString()).isEqualTo(root.getSpanContext().getSpanId());
			assertThat(found.path("id").asString()).isEqualTo(call.getSpanContext().getSpanId());
			assertThat(found.path("name").asString()).isEqualTo("get /quota");
			assertThat(found.path("localEndpoint").path("serviceName").asString()).isEqualTo("tasks");
			assertThat(found.path("remoteEndpoint").toString())
				.isEqualTo("{\"serviceName\":\"notifier\",\"port\":8081}");
			assertThat(found.path("duration").asLong()).isPositive();
			assertThat(found.path("annotations").path(0).path("value").asString())
				.isEqualTo("\"retry\": {\"attempt\":2}");
			JsonNode tags = found.path("tags");
			assertThat(tags.path("error").asString()).isEqualTo("no answer");
			assertThat(tags.path("text").asString()).isEqualTo("tab\tquote\" \u00e4\u20ac\uD83D\uDE00");
			assertThat(tags.path("otel.scope.name").asString()).isEqualTo("test");
			assertThat(tags.path("otel.scope.version").asString()).isEqualTo("1.2");
			List<String> queries = List.of("annotationQuery=error", "annotationQuery=server.port=8081",
					"remoteServiceName=notifier&serviceName=tasks", "spanName=get%20/quota&serviceName=tasks");
			assertThat(queries)
				.allSatisfy((query) -> assertThat(server.get("/api/v2/traces?" + query).toString()).contains(traceId));
			assertThat(server.get("/api/v2/dependencies?endTs=" + Instant.now().toEpochMilli() + "&lookback=600000")
				.toString()).contains("\"parent\":\"tasks\"", "\"child\":\"notifier\"");
		}
	}

	private static ConfigurableApplicationContext start(OtlpReceiver receiver, String... args) {
		String[] all = new String[args.length + 2];
		System.arraycopy(args, 0, all, 0, args.length);
		all[args.length] = "--hindspan.export.targets.zipkin.type=zipkin";
		all[args.length + 1] = "--hindspan.export.targets.zipkin.endpoint=" + server.endpoint();
		return TracedApplication.start(receiver, WebApplicationType.NONE, Application.class, all);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
