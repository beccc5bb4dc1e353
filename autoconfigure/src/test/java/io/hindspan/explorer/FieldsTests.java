package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Fields}.
 */
class FieldsTests {

	@Test
	void mostFrequentValuesComeFirst() {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			spans.add(span(i, "route", (i % 10 < 5) ? "/tasks" : "/other/" + i % 10));
		}
		assertThat(fields(spans, "rou").path("fields").toString()).isEqualTo("[{\"name\":\"route\",\"values\":"
				+ "[\"/tasks\",\"/other/5\",\"/other/6\",\"/other/7\",\"/other/8\",\"/other/9\"]}]");
		assertThat(fields(spans, "").path("fields").valueStream().map((field) -> field.path("name").asString()))
			.contains("service", "name", "kind", "status", "service.name", "route");
	}

	@Test
	void idsAndLongTextsTakeLittle() {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			spans.add(span(30_000 + i, "attribute" + i, "value"));
			spans.add(span(10_000 + i, "id", "id " + i));
			spans.add(span(20_000 + i, "text", "x".repeat(200)));
		}
		JsonNode fields = fields(spans, "");
		assertThat(fields.path("fields").size()).isLessThanOrEqualTo(1000);
		assertThat(fields(spans, "id").path("fields").path(0).path("values").size()).isEqualTo(10);
		assertThat(fields(spans, "text").path("fields").path(0).path("values").isEmpty()).isTrue();
	}

	private static JsonNode fields(List<SpanRecord> spans, String prefix) {
		return JsonMapper.shared().readTree(new Fields(List.of(Trace.of(spans))).toJson(prefix).toBytes());
	}

	private static SpanRecord span(int id, String key, String value) {
		return StoredSpans.span(StoredSpans.TRACE, "%016x".formatted(id + 1), null, "tasks", SpanKind.SERVER, "GET /",
				id, 1, Attributes.builder().put(key, value).build());
	}

}
