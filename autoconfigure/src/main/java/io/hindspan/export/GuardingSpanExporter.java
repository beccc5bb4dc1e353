package io.hindspan.export;

import java.util.Collection;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

import io.hindspan.guard.SpanGuard;

/**
 * Has spans guarded once, before whoever gets them. Thread-safe if the exporter is.
 */
final class GuardingSpanExporter implements SpanExporter {

	private final SpanGuard guard;

	private final SpanExporter exporter;

	GuardingSpanExporter(SpanGuard guard, SpanExporter exporter) {
		this.guard = guard;
		this.exporter = exporter;
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		return this.exporter.export(this.guard.guard(spans));
	}

	@Override
	public CompletableResultCode flush() {
		return this.exporter.flush();
	}

	@Override
	public CompletableResultCode shutdown() {
		return this.exporter.shutdown();
	}

}
