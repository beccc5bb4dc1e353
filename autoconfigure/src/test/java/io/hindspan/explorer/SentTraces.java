package io.hindspan.explorer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * A stand-in for OTLP in tests that are not about it: each line of a body is the name of
 * a span of the service {@code worker}.
 */
final class SentTraces implements TraceReader {

	private final SdkTracerProvider tracers = SdkTracerProvider.builder()
		.setResource(Resource.builder().put(AttributeKey.stringKey("service.name"), "worker").build())
		.build();

	private volatile String thread = "";

	/**
	 * The name of the thread that has read the last request.
	 */
	String thread() {
		return this.thread;
	}

	@Override
	public List<SpanData> read(byte[] body, boolean json) {
		this.thread = Thread.currentThread().getName();
		String text = new String(body, StandardCharsets.UTF_8);
		if (text.startsWith("broken")) {
			throw new IllegalArgumentException("broken at 0");
		}
		List<SpanData> spans = new ArrayList<>();
		for (String name : text.split("\n")) {
			ReadableSpan span = (ReadableSpan) this.tracers.get("sent")
				.spanBuilder(name)
				.setSpanKind(SpanKind.SERVER)
				.setNoParent()
				.startSpan();
			((io.opentelemetry.api.trace.Span) span).end();
			spans.add(span.toSpanData());
		}
		return spans;
	}

}
