package io.hindspan.export;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties.Export;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpGrpcSpanExporterBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.hindspan.core.Bound;
import io.hindspan.core.Bounded;
import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.DeploymentEnvironment;
import io.hindspan.guard.SpanGuard;
import io.hindspan.store.TraceStore;

/**
 * Puts the span pipeline in the place of Spring Boot's, under Spring Boot's own
 * properties. Backs off where the application has a batch processor of its own.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ BatchSpanProcessor.class, SdkTracerProvider.class })
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("export")
@ConditionalOnMissingBean(BatchSpanProcessor.class)
@EnableConfigurationProperties({ ExportProperties.class, OpenTelemetryTracingProperties.class })
public final class ExportAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ExportAutoConfiguration.class);

	@Bean
	SpanPipeline spanPipeline(SpanExporters exporters, ListableBeanFactory beans, ExportProperties properties,
			OpenTelemetryTracingProperties tracing, ObjectProvider<SslBundles> bundles, Environment environment,
			ObjectProvider<SpanExportingPredicate> predicates, ObjectProvider<SpanFilter> filters,
			ObjectProvider<SpanReporter> reporters, ObjectProvider<SpanGuard> guard, ObjectProvider<TraceStore> store) {
		List<SpanReporter> reporting = reporters.orderedStream().toList();
		ConfiguredTargets targets = new ConfiguredTargets(properties,
				properties.delivery(tracing.getExport().getMaxBatchSize(), tracing.getExport().getTimeout()));
		targets.addBeans(exporters, beans.getBeansOfType(SpanExporter.class));
		// As for Spring Boot's own exporters, and so in its tests
		if (environment.getProperty("management.tracing.export.enabled", Boolean.class, true)) {
			targets.addNamed(new TargetExporters(bundles.getIfAvailable()));
		}
		boolean nowhere = targets.isEmpty() && reporting.isEmpty();
		boolean development = DeploymentEnvironment.of(environment) == DeploymentEnvironment.DEVELOPMENT;
		targets.addConsole(nowhere && development);
		store.ifAvailable(targets::addStore);
		return new SpanPipeline(targets.create(), predicates.orderedStream().toList(), filters.orderedStream().toList(),
				reporting, guard.getIfAvailable(), development ? new SizeRemarks() : null);
	}

	@Bean
	BatchDrops batchDrops() {
		return new BatchDrops();
	}

	@Bean
	BatchSpanProcessor batchSpanProcessor(SpanPipeline pipeline, OpenTelemetryTracingProperties properties,
			BatchDrops drops, ObjectProvider<MeterProvider> meterProvider) {
		if (!pipeline.leadsSomewhere()) {
			logger.info("No span leaves this application, since no exporter is configured. Set "
					+ "management.opentelemetry.tracing.export.otlp.endpoint to send spans to a backend, or "
					+ "hindspan.export.console.enabled=true to see them in the log.");
		}
		Export export = properties.getExport();
		return BatchSpanProcessor.builder(pipeline.exporter())
			.setExportUnsampledSpans(export.isIncludeUnsampled())
			.setExporterTimeout(export.getTimeout())
			.setMaxExportBatchSize(export.getMaxBatchSize())
			.setMaxQueueSize(export.getMaxQueueSize())
			.setScheduleDelay(export.getScheduleDelay())
			.setMeterProvider(drops.countingFor(meterProvider.getIfAvailable(MeterProvider::noop)))
			.build();
	}

	@Bean
	Bounded exportBounds(SpanPipeline pipeline, OpenTelemetryTracingProperties properties, BatchDrops drops) {
		return () -> {
			List<Bound> bounds = new ArrayList<>();
			bounds.add(new Bound("Spans before they are in batches", Bound.Unit.SPANS, null,
					properties.getExport().getMaxQueueSize(), drops.dropped(), "spans given up",
					"management.opentelemetry.tracing.export.max-queue-size"));
			pipeline.targets().forEach((target) -> bounds.addAll(target.bounds()));
			return bounds;
		};
	}

	@Bean
	FlushProcessor exportFlushProcessor(BatchSpanProcessor batch, SpanPipeline pipeline) {
		return new FlushProcessor(batch, pipeline);
	}

	/**
	 * Has Spring Boot's OTLP exporter tell targets what they need to know, and leave
	 * trying again to them. Goes first, so that customizers of the application have the
	 * last word.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(OtlpHttpSpanExporter.class)
	static class Otlp {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		OtlpHttpSpanExporterBuilderCustomizer hindspanOtlpHttpCustomizer() {
			return (builder) -> builder.setRetryPolicy(null).setComponentLoader(new OtlpSenders());
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		OtlpGrpcSpanExporterBuilderCustomizer hindspanOtlpGrpcCustomizer() {
			return (builder) -> builder.setRetryPolicy(null).setComponentLoader(new OtlpSenders());
		}

	}

}
