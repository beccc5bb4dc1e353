package io.hindspan.export;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hindspan.export.spool.Spool;

/**
 * The meters of export. Where OpenTelemetry has a name for what is counted, it is that
 * one.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/">Metrics of
 * OpenTelemetry's SDK</a>
 */
final class ExportMeters implements MeterBinder {

	private static final String EXPORTED = "otel.sdk.exporter.span.exported";

	private static final String DROPPED = "hindspan.export.spans.dropped";

	private static final String DROPPED_DESCRIPTION = "Spans that were given up, by the reason";

	private static final String REASON = "reason";

	private static final String TARGET = "target";

	private final SpanPipeline pipeline;

	private final BatchDrops drops;

	ExportMeters(SpanPipeline pipeline, BatchDrops drops) {
		this.pipeline = pipeline;
		this.drops = drops;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Target target : this.pipeline.targets()) {
			Tags component = Tags.of("otel.component.name", target.name(), "otel.component.type",
					componentType(target.exporter().getClass()));
			exported(registry, target, component, "none", TargetStatistics::exported);
			exported(registry, target, component, DropReason.REJECTED.tag(),
					(statistics) -> statistics.dropped(DropReason.REJECTED));
			exported(registry, target, component, DropReason.FAILED.tag(),
					(statistics) -> statistics.dropped(DropReason.FAILED));
			gauge(registry, "otel.sdk.exporter.span.inflight", "Spans that are being sent", target, component,
					Target::inFlight);
			Tags name = Tags.of(TARGET, target.name());
			gauge(registry, "hindspan.export.queue.size", "Spans that wait for a target, those being sent included",
					target, name, Target::size);
			gauge(registry, "hindspan.export.queue.capacity", "How many spans may wait for a target", target, name,
					Target::capacity);
			FunctionCounter.builder("hindspan.export.retries", target.statistics(), TargetStatistics::retries)
				.description("Attempts to send a batch that had failed before")
				.tags(name)
				.register(registry);
			Spool spool = target.spool();
			if (spool != null) {
				FunctionCounter.builder("hindspan.export.spans.spooled", target.statistics(), TargetStatistics::spooled)
					.description("Spans that were stored on disk")
					.tags(name)
					.register(registry);
				Gauge.builder("hindspan.export.spool.size", spool, Spool::bytes)
					.description("What waits on disk for a target")
					.baseUnit("bytes")
					.tags(name)
					.register(registry);
				Gauge.builder("hindspan.export.spool.spans", spool, Spool::spans)
					.description("Spans that wait on disk for a target")
					.tags(name)
					.register(registry);
			}
			for (DropReason reason : DropReason.values()) {
				FunctionCounter.builder(DROPPED, target.statistics(), (statistics) -> statistics.dropped(reason))
					.description(DROPPED_DESCRIPTION)
					.tags(name.and(REASON, reason.tag()))
					.register(registry);
			}
		}
		FunctionCounter.builder(DROPPED, this.drops, BatchDrops::dropped)
			.description(DROPPED_DESCRIPTION)
			.tags(TARGET, "all", REASON, "batch_queue_full")
			.register(registry);
	}

	private static void exported(MeterRegistry registry, Target target, Tags component, String error,
			ToDoubleFunction<TargetStatistics> count) {
		FunctionCounter.builder(EXPORTED, target.statistics(), count)
			.description("Spans whose export has ended, by what went wrong")
			.tags(component.and("error.type", error))
			.register(registry);
	}

	private static void gauge(MeterRegistry registry, String name, String description, Target target, Tags tags,
			ToDoubleFunction<Target> value) {
		Gauge.builder(name, target, value).description(description).tags(tags).register(registry);
	}

	private static String componentType(Class<?> exporter) {
		return switch (exporter.getSimpleName()) {
			case "OtlpHttpSpanExporter" -> "otlp_http_span_exporter";
			case "OtlpGrpcSpanExporter" -> "otlp_grpc_span_exporter";
			case "ZipkinSpanExporter" -> "zipkin_http_span_exporter";
			default -> exporter.getName();
		};
	}

}
