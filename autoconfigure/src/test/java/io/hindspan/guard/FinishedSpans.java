package io.hindspan.guard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/**
 * Makes spans as the SDK hands them to exporters.
 */
final class FinishedSpans implements SpanExporter {

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
			.addSpanProcessor(SimpleSpanProcessor.create(this))
			.build();
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		this.spans.addAll(spans);
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public CompletableResultCode flush() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

}
