package io.hindspan.export;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for spans as Zipkin's JSON.
 */
class ZipkinJsonTests {

	private static final long START_MICROS = 1_700_000_000_000_000L;

	private final SdkTracerProvider provider = SdkTracerProvider.builder()
		.setResource(Resource.create(Attributes.builder()
			.put("service.name", "tasks")
			.put("service.namespace", "shop")
			.put("host.name", "node-1")
			.build()))
		.setSpanLimits(SpanLimits.builder().setMaxNumberOfAttributes(3).setMaxNumberOfEvents(1).build())
		.build();

	@Test
	void spanIsMapped() {
		Span parent = builder("parent").startSpan();
		SpanBuilder builder = builder("GET /tasks").setParent(Context.root().with(parent));
		Span span = builder.setSpanKind(SpanKind.SERVER).startSpan();
		span.setAttribute("http.request.method", "GET");
		span.setAttribute("http.response.status_code", 200);
		span.setAttribute(AttributeKey.stringArrayKey("tags"), List.of("a", "b\"c"));
		span.setAttribute("one", "too many");
		span.addEvent("plain", START_MICROS + 1, TimeUnit.MICROSECONDS);
		span.addEvent("dropped");
		JsonNode json = json(span, 2_500);
		assertThat(json.path("traceId").asString()).isEqualTo(span.getSpanContext().getTraceId());
		assertThat(json.path("id").asString()).isEqualTo(span.getSpanContext().getSpanId());
		assertThat(json.path("parentId").asString()).isEqualTo(parent.getSpanContext().getSpanId());
		assertThat(json.path("kind").asString()).isEqualTo("SERVER");
		assertThat(json.path("name").asString()).isEqualTo("GET /tasks");
		assertThat(json.path("timestamp").asLong()).isEqualTo(START_MICROS);
		assertThat(json.path("duration").asLong()).isEqualTo(2);
		assertThat(json.path("localEndpoint").toString()).isEqualTo("{\"serviceName\":\"tasks\"}");
		assertThat(json.has("remoteEndpoint")).isFalse();
		assertThat(json.path("annotations").toString())
			.isEqualTo("[{\"timestamp\":" + (START_MICROS + 1) + ",\"value\":\"plain\"}]");
		assertThat(json.path("tags")).isEqualTo(JsonMapper.shared().readTree("""
				{"http.request.method": "GET", "http.response.status_code": "200", "tags": "[\\"a\\",\\"b\\\\\\"c\\"]",
				"otel.scope.name": "test", "service.namespace": "shop", "otel.dropped_attributes_count": "1",
				"otel.dropped_events_count": "1"}"""));
	}

	@Test
	void durationIsNeverNone() {
		assertThat(json(builder("quick").startSpan(), 10).path("duration").asLong()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(SpanKind.class)
	void kindIsThatOfTheSpanButForInternalOnes(SpanKind kind) {
		JsonNode json = json(builder("call").setSpanKind(kind).startSpan(), 1_000);
		assertThat(json.path("kind").asString("none")).isEqualTo((kind != SpanKind.INTERNAL) ? kind.name() : "none");
		assertThat(json.has("parentId")).isFalse();
	}

	@Test
	void errorHasATagAlsoWithoutDescription() {
		assertThat(json(builder("failing").startSpan().setStatus(StatusCode.ERROR, "disk full"), 1).path("tags")
			.toString()).contains("\"error\":\"disk full\"").contains("\"otel.status_code\":\"ERROR\"");
		assertThat(json(builder("failing").startSpan().setStatus(StatusCode.ERROR), 1).path("tags").toString())
			.contains("\"error\":\"\"");
		assertThat(json(builder("fine").startSpan().setStatus(StatusCode.OK), 1).path("tags").toString())
			.contains("\"otel.status_code\":\"OK\"")
			.doesNotContain("error");
	}

	@Test
	void eventWithAttributesIsAnAnnotationWithJson() {
		Span span = builder("work").startSpan();
		span.addEvent("retry", Attributes.builder().put("attempt", 2).put("why", "time\nout").build());
		assertThat(json(span, 1).path("annotations").path(0).path("value").asString())
			.isEqualTo("\"retry\": {\"attempt\":2,\"why\":\"time\\u000aout\"}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			server.address       | backend.internal | server.port       | {"serviceName":"backend.internal","port":8080}
			network.peer.address | 10.0.0.7         | network.peer.port | {"ipv4":"10.0.0.7","port":8080}
			network.peer.address | 2001:db8::1      | network.peer.port | {"ipv6":"2001:db8::1","port":8080}
			peer.service         | billing          | server.port       | {"serviceName":"billing"}
			db.namespace         | orders           | server.port       | {"serviceName":"orders"}
			""")
	void remoteEndpointIsWhomAClientCalls(String address, String value, String port, String expected) {
		for (SpanKind kind : List.of(SpanKind.CLIENT, SpanKind.PRODUCER)) {
			Span span = builder("call").setSpanKind(kind).startSpan();
			span.setAttribute(address, value).setAttribute(port, 8080);
			assertThat(json(span, 1).path("remoteEndpoint").toString()).isEqualTo(expected);
		}
		Span server = builder("call").setSpanKind(SpanKind.SERVER).startSpan();
		server.setAttribute(address, value).setAttribute(port, 8080);
		assertThat(json(server, 1).has("remoteEndpoint")).isFalse();
	}

	@Test
	void everyCharacterComesThrough() {
		StringBuilder text = new StringBuilder();
		for (char c = 0; c < 0x2100; c++) {
			text.append(c);
		}
		text.append("\uD83D\uDE00");
		assertThat(json(builder(text.toString()).startSpan(), 1).path("name").asString()).isEqualTo(text.toString());
	}

	private SpanBuilder builder(String name) {
		return this.provider.get("test")
			.spanBuilder(name)
			.setNoParent()
			.setStartTimestamp(START_MICROS, TimeUnit.MICROSECONDS);
	}

	private static JsonNode json(Span span, long nanos) {
		span.end(START_MICROS * 1_000 + nanos, TimeUnit.NANOSECONDS);
		return JsonMapper.shared().readTree(ZipkinJson.write(List.of(((ReadableSpan) span).toSpanData()))).path(0);
	}

}
