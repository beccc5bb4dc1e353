package io.hindspan.export;

import java.util.Collection;
import java.util.function.Function;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/**
 * An exporter of the application, which may do anything with a batch.
 */
record ScriptedExporter(Function<Collection<SpanData>, CompletableResultCode> script) implements SpanExporter {

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		return this.script.apply(spans);
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
