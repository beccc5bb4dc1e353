package io.hindspan.export;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
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

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.DeploymentEnvironment;

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

	private static final String CONSOLE = "console";

	@Bean
	SpanPipeline spanPipeline(SpanExporters exporters, ListableBeanFactory beans, ExportProperties properties,
			OpenTelemetryTracingProperties tracing, ObjectProvider<SslBundles> bundles, Environment environment,
			ObjectProvider<SpanExportingPredicate> predicates, ObjectProvider<SpanFilter> filters,
			ObjectProvider<SpanReporter> reporters) {
		Map<String, SpanExporter> named = new LinkedHashMap<>();
		TargetNames names = new TargetNames(beans.getBeansOfType(SpanExporter.class));
		exporters.forEach((exporter) -> named.put(names.unique(exporter, named.keySet()), exporter));
		// As for Spring Boot's own exporters, and so in its tests
		if (environment.getProperty("management.tracing.export.enabled", Boolean.class, true)) {
			TargetExporters create = new TargetExporters(bundles.getIfAvailable());
			properties.targets().forEach((name, target) -> {
				if (named.put(name, create.create(name, target)) != null) {
					throw new InvalidConfigurationPropertyValueException(TargetExporters.PREFIX + name, name,
							"Choose another name: an exporter has this one, which is a bean or configured by "
									+ "management.opentelemetry.tracing.export.otlp.endpoint.");
				}
			});
		}
		List<SpanReporter> reporting = reporters.orderedStream().toList();
		if (wantsConsole(properties, !named.isEmpty() || !reporting.isEmpty(), environment)) {
			named.putIfAbsent(CONSOLE, new ConsoleSpanExporter());
		}
		Delivery delivery = properties.delivery(tracing.getExport().getMaxBatchSize(),
				tracing.getExport().getTimeout());
		List<Target> targets = new ArrayList<>();
		named.forEach((name, exporter) -> targets.add(new Target(name, exporter, delivery, Clock.systemUTC())));
		return new SpanPipeline(targets, predicates.orderedStream().toList(), filters.orderedStream().toList(),
				reporting);
	}

	private static boolean wantsConsole(ExportProperties properties, boolean leadsSomewhere, Environment environment) {
		Boolean console = properties.console().enabled();
		return (console != null) ? console
				: !leadsSomewhere && DeploymentEnvironment.of(environment) == DeploymentEnvironment.DEVELOPMENT;
	}

	@Bean
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

	@Bean
	FlushProcessor exportFlushProcessor(BatchSpanProcessor batch, SpanPipeline pipeline) {
		return new FlushProcessor(batch, pipeline);
	}

	/**
	 * Has Spring Boot's OTLP exporter tell targets what they need to know, and leave trying
	 * again to them. Goes first, so that customizers of the application have the last word.
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
