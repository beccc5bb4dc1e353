package io.hindspan.export;

import java.util.List;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

import io.hindspan.guard.SpanGuard;

/**
 * The way of a finished span out of the application: {@code batch ▸ guard ▸ targets},
 * each of which has a queue and a thread of its own. Spans are handed on as they are, so
 * that all spans of a service stay under one resource. Only where the application has
 * predicates, filters or reporters of Micrometer Tracing do spans pass through its
 * wrapper, which gives each of them a resource of its own.
 */
final class SpanPipeline implements AutoCloseable {

	private final List<Target> targets;

	private final List<SpanExportingPredicate> predicates;

	private final List<SpanFilter> filters;

	private final List<SpanReporter> reporters;

	private final Targets queues;

	private final @Nullable SpanGuard guard;

	SpanPipeline(List<Target> targets, List<SpanExportingPredicate> predicates, List<SpanFilter> filters,
			List<SpanReporter> reporters, @Nullable SpanGuard guard, @Nullable SizeRemarks remarks) {
		this.targets = List.copyOf(targets);
		this.predicates = List.copyOf(predicates);
		this.filters = List.copyOf(filters);
		this.reporters = List.copyOf(reporters);
		this.queues = new Targets(this.targets, remarks);
		this.guard = guard;
	}

	/**
	 * Whether finished spans go anywhere but to the application's own store.
	 */
	boolean leadsSomewhere() {
		return !this.reporters.isEmpty()
				|| this.targets.stream().anyMatch((target) -> !(target.exporter() instanceof StoreSpanExporter));
	}

	/**
	 * Where they go, but for reporters.
	 */
	List<Target> targets() {
		return this.targets;
	}

	/**
	 * The exporter that the batch processor calls. It does not wait for targets.
	 */
	SpanExporter exporter() {
		return (this.guard != null) ? new GuardingSpanExporter(this.guard, behindGuard()) : behindGuard();
	}

	private SpanExporter behindGuard() {
		if (this.predicates.isEmpty() && this.filters.isEmpty() && this.reporters.isEmpty()) {
			return this.queues;
		}
		return new FilteringSpanExporter(
				new CompositeSpanExporter(List.of(this.queues), this.predicates, this.reporters, this.filters),
				this.targets);
	}

	/**
	 * Tells when targets have dealt with all that they have been handed so far.
	 */
	CompletableResultCode flush() {
		return this.queues.flush();
	}

	/**
	 * Ends the targets, unless the batch processor has done so: there is none where the
	 * start of the application fails in between.
	 */
	@Override
	public void close() {
		this.queues.shutdown();
	}

}
