package io.hindspan.export;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

import io.hindspan.core.FaultGuard;

/**
 * Has spans pass the predicates and filters of Micrometer Tracing, which all see a span
 * before any is handed on. One that they fail on is given up and counted, and not the
 * batch that it is in. Thread-safe if the exporter is.
 */
final class FilteringSpanExporter implements SpanExporter {

	private final SpanExporter exporter;

	private final List<Target> targets;

	private final FaultGuard faults = new FaultGuard("a span, by a predicate or filter,");

	/**
	 * Makes an exporter.
	 * @param exporter has the predicates and filters
	 * @param targets whose spans are counted
	 */
	FilteringSpanExporter(SpanExporter exporter, List<Target> targets) {
		this.exporter = exporter;
		this.targets = targets;
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		CompletableResultCode result = this.faults.get(() -> this.exporter.export(spans));
		if (result != null) {
			return result;
		}
		for (SpanData span : spans) {
			if (spans.size() == 1 || this.faults.get(() -> this.exporter.export(List.of(span))) == null) {
				this.targets.forEach((target) -> target.statistics().dropped(DropReason.FAILED, 1));
			}
		}
		return CompletableResultCode.ofSuccess();
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
