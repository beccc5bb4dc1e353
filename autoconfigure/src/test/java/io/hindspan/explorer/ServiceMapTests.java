package io.hindspan.explorer;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServiceMap}.
 */
class ServiceMapTests {

	@Test
	void callsGoToServicesAndToWhatSendsNoSpans() {
		JsonNode map = map(span("1", null, "tasks", SpanKind.SERVER, 100, "http.request.method", "POST"),
				span("2", "1", "tasks", SpanKind.INTERNAL, 90, "code.function.name", "create"),
				span("3", "2", "tasks", SpanKind.CLIENT, 20, "db.system.name", "postgresql"),
				span("4", "2", "tasks", SpanKind.CLIENT, 5, "db.system.name", "redis"),
				span("5", "2", "tasks", SpanKind.CLIENT, 30, "http.request.method", "GET"),
				span("6", "5", "notifier", SpanKind.SERVER, 25, "http.request.method", "GET"),
				span("7", "2", "tasks", SpanKind.PRODUCER, 1, "messaging.system", "kafka"),
				span("8", "7", "worker", SpanKind.CONSUMER, 200, "messaging.system", "kafka"),
				span("9", "8", "worker", SpanKind.PRODUCER, 2, "messaging.system", "rabbitmq"),
				span("a", "8", "worker", SpanKind.CLIENT, 3, "rpc.system", "grpc"),
				span("b", "8", "worker", SpanKind.CLIENT, 4, "server.address", "mail.example"));
		assertThat(map.path("calls").valueStream().map(ServiceMapTests::call)).containsExactlyInAnyOrder(
				"tasks -db-> postgresql 20", "tasks -cache-> redis 5", "tasks -http-> notifier 30",
				"tasks -messaging-> worker 200", "worker -messaging-> rabbitmq 2", "worker -rpc-> a 3",
				"worker -other-> mail.example 4");
		assertThat(map.path("services").valueStream().map((one) -> one.path("name").asString()))
			.containsExactly("notifier", "tasks", "worker");
		assertThat(map.path("services").path(1).path("requests").asInt()).isEqualTo(1);
	}

	@Test
	void rateErrorsAndQuantilesAreCounted() {
		SpanRecord[] spans = new SpanRecord[100];
		for (int i = 0; i < 100; i++) {
			spans[i] = StoredSpans.span(StoredSpans.TRACE, "%016x".formatted(i + 1), null, "tasks", SpanKind.SERVER,
					"GET /", i, i + 1, (i < 3) ? StatusCode.ERROR : StatusCode.UNSET, Attributes.empty());
		}
		assertThat(map(spans).path("services").path(0).toString())
			.isEqualTo("{\"name\":\"tasks\",\"requests\":100,\"errors\":3,\"rate\":10.0,\"median\":50,\"p95\":95}");
	}

	@Test
	void spanThatNamesItselfAsItsParentIsNoCall() {
		assertThat(map(span("1", "1", "tasks", SpanKind.SERVER, 1, "a", "b")).path("calls").isEmpty()).isTrue();
	}

	private static String call(JsonNode call) {
		return "%s -%s-> %s %d".formatted(call.path("from").asString(), call.path("kind").asString(),
				call.path("to").asString(), call.path("median").asLong());
	}

	private static JsonNode map(SpanRecord... spans) {
		return JsonMapper.shared().readTree(new ServiceMap(List.of(Trace.of(List.of(spans)))).toJson(10).toBytes());
	}

	private static SpanRecord span(String id, String parent, String service, SpanKind kind, long duration, String key,
			String value) {
		return StoredSpans.span(StoredSpans.TRACE, "000000000000000" + id,
				(parent != null) ? "000000000000000" + parent : null, service, kind, id, 0, duration,
				Attributes.builder().put(key, value).build());
	}

}
