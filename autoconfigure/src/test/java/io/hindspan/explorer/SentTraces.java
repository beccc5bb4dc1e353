package io.hindspan.explorer;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * Requests of another service, with a trace for each name.
 */
final class SentTraces {

	private SentTraces() {
	}

	static byte[] json(String... names) {
		return Stream.of(names)
			.map((name) -> "{\"traceId\":\"%s\",\"spanId\":\"00f067aa0ba902b7\",\"name\":\"%s\",\"kind\":2,"
				.formatted(traceId(name), name)
					+ "\"startTimeUnixNano\":\"1790000000000000000\",\"endTimeUnixNano\":\"1790000000000000001\"}")
			.collect(Collectors.joining(",", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[", "]}]}]}"))
			.getBytes(StandardCharsets.UTF_8);
	}

	static byte[] protobuf(String... names) {
		ScopeSpans.Builder spans = ScopeSpans.newBuilder();
		for (String name : names) {
			spans.addSpans(Span.newBuilder()
				.setTraceId(ByteString.fromHex(traceId(name)))
				.setSpanId(ByteString.fromHex("00f067aa0ba902b7"))
				.setName(name)
				.setStartTimeUnixNano(1_790_000_000_000_000_000L)
				.setEndTimeUnixNano(1_790_000_000_000_000_001L));
		}
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder().addScopeSpans(spans);
		return request.build().toByteArray();
	}

	private static String traceId(String name) {
		return "%032x".formatted(1 + Math.abs((long) name.hashCode()));
	}

}
