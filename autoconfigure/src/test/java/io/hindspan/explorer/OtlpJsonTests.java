package io.hindspan.explorer;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OtlpJson}.
 */
class OtlpJsonTests {

	@Test
	void everythingOfASpanIsThere() {
		Attributes attributes = Attributes.builder()
			.put("text", "t")
			.put("number", Long.MAX_VALUE)
			.put("ratio", Double.NaN)
			.put("truth", true)
			.put(AttributeKey.stringArrayKey("list"), List.of("a"))
			.put(AttributeKey.valueKey("value"),
					Value.of(KeyValue.of("bytes", Value.of(new byte[] { 1 })), KeyValue.of("n", Value.of(2L))))
			.build();
		SpanOrigin origin = new SpanOrigin("tasks", "io.hindspan.web", "1.0",
				Attributes.builder().put("service.name", "tasks").build());
		SpanRecord span = new SpanRecord(StoredSpans.TRACE, "00f067aa0ba902b7", "00f067aa0ba902b6", (byte) 3, "a=b",
				origin, "GET /", SpanKind.CONSUMER, 1L, 2L, StatusCode.ERROR, "broken", attributes, 4,
				List.of(new SpanRecord.Event("exception", 2L, Attributes.empty())), 5,
				List.of(new SpanRecord.Link(StoredSpans.TRACE, "00f067aa0ba902b8", Attributes.empty())), 6);
		JsonNode json = JsonMapper.shared().readTree(OtlpJson.of(Trace.of(List.of(span))).toBytes());
		assertThat(json).isEqualTo(JsonMapper.shared()
			.readTree(
					"""
							{"resourceSpans": [{
								"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "tasks"}}]},
								"scopeSpans": [{"scope": {"name": "io.hindspan.web", "version": "1.0"}, "spans": [{
									"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7", "traceState": "a=b",
									"parentSpanId": "00f067aa0ba902b6", "flags": 3, "name": "GET /", "kind": 5,
									"startTimeUnixNano": "1", "endTimeUnixNano": "2",
									"attributes": [
										{"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "a"}]}}},
										{"key": "number", "value": {"intValue": "9223372036854775807"}},
										{"key": "ratio", "value": {"doubleValue": "NaN"}},
										{"key": "text", "value": {"stringValue": "t"}},
										{"key": "truth", "value": {"boolValue": true}},
										{"key": "value", "value": {"kvlistValue": {"values": [
											{"key": "bytes", "value": {"bytesValue": "AQ=="}},
											{"key": "n", "value": {"intValue": "2"}}]}}}],
									"droppedAttributesCount": 4,
									"events": [{"timeUnixNano": "2", "name": "exception", "attributes": []}],
									"droppedEventsCount": 5,
									"links": [{"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b8",
										"attributes": []}],
									"droppedLinksCount": 6,
									"status": {"message": "broken", "code": 2}}]}]}]}
							"""));
	}

}
