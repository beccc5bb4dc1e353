package io.hindspan.export;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties.Export;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.DeploymentEnvironment;
import io.hindspan.guard.SpanGuard;

/**
 * Puts the span pipeline in the place of Spring Boot's, under Spring Boot's own
 * properties. Backs off where the application has a batch processor of its own.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ BatchSpanProcessor.class, SdkTracerProvider.class })
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("export")
@EnableConfigurationProperties({ ExportProperties.class, OpenTelemetryTracingProperties.class })
public final class ExportAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ExportAutoConfiguration.class);

	@Bean
	SpanPipeline spanPipeline(SpanExporters exporters, ObjectProvider<SpanExportingPredicate> predicates,
			ObjectProvider<SpanFilter> filters, ObjectProvider<SpanReporter> reporters, ObjectProvider<SpanGuard> guard,
			ExportProperties properties, Environment environment) {
		SpanPipeline pipeline = new SpanPipeline(exporters.list(), predicates.orderedStream().toList(),
				filters.orderedStream().toList(), reporters.orderedStream().toList(), guard.getIfAvailable());
		Boolean console = properties.console().enabled();
		if (console == null) {
			console = !pipeline.leadsSomewhere()
					&& DeploymentEnvironment.of(environment) == DeploymentEnvironment.DEVELOPMENT;
		}
		return console ? pipeline.with(new ConsoleSpanExporter()) : pipeline;
	}

	@Bean
	@ConditionalOnMissingBean
	BatchSpanProcessor batchSpanProcessor(SpanPipeline pipeline, OpenTelemetryTracingProperties properties,
			ObjectProvider<MeterProvider> meterProvider) {
		if (!pipeline.leadsSomewhere()) {
			logger.info("No span leaves this application, since no exporter is configured. Set "
					+ "management.opentelemetry.tracing.export.otlp.endpoint to send spans to a backend, or "
					+ "hindspan.export.console.enabled=true to see them in the log.");
		}
		Export export = properties.getExport();
		BatchSpanProcessorBuilder builder = BatchSpanProcessor.builder(pipeline.exporter())
			.setExportUnsampledSpans(export.isIncludeUnsampled())
			.setExporterTimeout(export.getTimeout())
			.setMaxExportBatchSize(export.getMaxBatchSize())
			.setMaxQueueSize(export.getMaxQueueSize())
			.setScheduleDelay(export.getScheduleDelay());
		meterProvider.ifAvailable(builder::setMeterProvider);
		return builder.build();
	}

}
