package io.hindspan.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import io.hindspan.CollectingExporter;

/**
 * Makes spans as the SDK hands them to exporters.
 */
final class FinishedSpans {

	private final List<SpanData> spans = new ArrayList<>();

	private final SdkTracerProvider provider = provider(Resource.empty());

	SpanData finish(String name, Consumer<Span> content) {
		return finish(this.provider, name, content);
	}

	SpanData finish(String name, Consumer<Span> content, Resource resource) {
		return finish(provider(resource), name, content);
	}

	private SpanData finish(SdkTracerProvider provider, String name, Consumer<Span> content) {
		Span span = provider.get("io.hindspan.test").spanBuilder(name).startSpan();
		content.accept(span);
		span.end();
		return this.spans.remove(0);
	}

	private SdkTracerProvider provider(Resource resource) {
		return SdkTracerProvider.builder()
			.setResource(resource)
			.addSpanProcessor(SimpleSpanProcessor.create(new CollectingExporter(this.spans)))
			.build();
	}

}
