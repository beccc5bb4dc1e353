package io.hindspan.export;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

import io.hindspan.guard.SpanGuard;

/**
 * The way of a finished span out of the application: {@code batch ▸ guard ▸ exporters}.
 * Spans are handed on as they are, so that all spans of a service stay under one
 * resource. Only where the application has predicates, filters or reporters of Micrometer
 * Tracing do spans pass through its wrapper, which gives each of them a resource of its
 * own.
 */
final class SpanPipeline {

	private final List<SpanExporter> exporters;

	private final List<SpanExportingPredicate> predicates;

	private final List<SpanFilter> filters;

	private final List<SpanReporter> reporters;

	private final @Nullable SpanGuard guard;

	SpanPipeline(List<SpanExporter> exporters, List<SpanExportingPredicate> predicates, List<SpanFilter> filters,
			List<SpanReporter> reporters, @Nullable SpanGuard guard) {
		this.exporters = List.copyOf(exporters);
		this.predicates = List.copyOf(predicates);
		this.filters = List.copyOf(filters);
		this.reporters = List.copyOf(reporters);
		this.guard = guard;
	}

	/**
	 * Whether finished spans go anywhere at all.
	 */
	boolean leadsSomewhere() {
		return !this.exporters.isEmpty() || !this.reporters.isEmpty();
	}

	SpanPipeline with(SpanExporter exporter) {
		List<SpanExporter> exporters = new ArrayList<>(this.exporters);
		exporters.add(exporter);
		return new SpanPipeline(exporters, this.predicates, this.filters, this.reporters, this.guard);
	}

	/**
	 * The exporter that the batch processor calls.
	 */
	SpanExporter exporter() {
		return (this.guard != null) ? new GuardingSpanExporter(this.guard, behindGuard()) : behindGuard();
	}

	private SpanExporter behindGuard() {
		if (this.predicates.isEmpty() && this.filters.isEmpty() && this.reporters.isEmpty()) {
			return SpanExporter.composite(this.exporters);
		}
		return new CompositeSpanExporter(this.exporters, this.predicates, this.reporters, this.filters);
	}

}
