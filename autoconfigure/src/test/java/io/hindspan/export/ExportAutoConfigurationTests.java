package io.hindspan.export;

import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExportAutoConfiguration} and
 * {@link ExportMonitoringAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExportAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ExportAutoConfiguration.class, ExportMonitoringAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class));

	@Test
	void pipelineIsThereWithMetersAndHealth() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SpanPipeline.class)
			.hasSingleBean(BatchSpanProcessor.class)
			.hasSingleBean(FlushProcessor.class)
			.hasSingleBean(ExportMeters.class)
			.hasSingleBean(ExportHealthIndicator.class)
			.doesNotHaveBean(MeterProvider.class));
	}

	@Test
	void startThatFailsGivesTheSpoolBack(@TempDir Path directory) {
		for (int i = 0; i < 2; i++) {
			this.runner.withUserConfiguration(FailsAfterPipeline.class)
				.withBean("backend", SpanExporter.class,
						() -> new ScriptedExporter((spans) -> CompletableResultCode.ofSuccess()))
				.withPropertyValues("hindspan.export.spool.directory=" + directory)
				.run((context) -> assertThat(context).hasFailed().getFailure().hasRootCauseMessage("port in use"));
		}
		assertThat(directory.resolve("backend")).isDirectoryContaining("glob:**/0")
			.isDirectoryNotContaining("glob:**/1");
	}

	@Test
	void batchProcessorOfTheApplicationTurnsItOff() {
		this.runner
			.withBean("own", BatchSpanProcessor.class,
					() -> BatchSpanProcessor.builder(SpanExporter.composite()).build())
			.run((context) -> assertThat(context).hasSingleBean(BatchSpanProcessor.class)
				.doesNotHaveBean(SpanPipeline.class)
				.doesNotHaveBean("hindspanOtlpHttpCustomizer")
				.doesNotHaveBean(ExportMeters.class)
				.doesNotHaveBean(ExportHealthIndicator.class));
	}

	@Test
	void isOffByProperty() {
		this.runner.withPropertyValues("hindspan.export.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanPipeline.class)
				.doesNotHaveBean(ExportMeters.class)
				.doesNotHaveBean(ExportHealthIndicator.class));
	}

	@Test
	void healthIsOffByProperty() {
		this.runner.withPropertyValues("management.health.traceexport.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(SpanPipeline.class)
				.doesNotHaveBean(ExportHealthIndicator.class));
	}

	@Test
	void isAbsentWithoutOpenTelemetrysSdk() {
		this.runner.withClassLoader(new FilteredClassLoader(BatchSpanProcessor.class))
			.run((context) -> assertThat(context).doesNotHaveBean(SpanPipeline.class));
	}

	@Test
	void needsNoMetersNoHealthAndNoOtlp() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader(MeterBinder.class, HealthIndicator.class, OtlpHttpSpanExporter.class))
			.run((context) -> assertThat(context).hasSingleBean(SpanPipeline.class)
				.doesNotHaveBean(ExportMeters.class)
				.doesNotHaveBean(ExportHealthIndicator.class)
				.doesNotHaveBean("hindspanOtlpHttpCustomizer"));
	}

	@Test
	void exportersThatAreBeansAreTargetsByTheirName() {
		this.runner.withUserConfiguration(OwnExporters.class)
			.run((context) -> assertThat(context.getBean(SpanPipeline.class).targets()).extracting(Target::name)
				.containsExactlyInAnyOrder("archive", "second"));
	}

	@Test
	void spansThatTheBatchProcessorGivesUpAreCountedAndSaidOnce(CapturedOutput output) {
		BatchDrops drops = new BatchDrops();
		CountDownLatch release = new CountDownLatch(1);
		SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(BatchSpanProcessor.builder(new Blocking(release))
				.setMaxQueueSize(1)
				.setMaxExportBatchSize(1)
				.setMeterProvider(drops.countingFor(MeterProvider.noop()))
				.build())
			.build();
		for (int i = 0; i < 100; i++) {
			provider.get("test").spanBuilder("span").startSpan().end();
		}
		// One or two are being exported, one waits
		assertThat(drops.dropped()).isBetween(97L, 99L);
		assertThat(output).containsOnlyOnce("Spans end faster than they are put into batches");
		release.countDown();
		provider.close();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExporters {

		@Bean
		SpanExporter archiveSpanExporter() {
			return new Blocking(new CountDownLatch(0));
		}

		@Bean
		SpanExporter second() {
			return new Blocking(new CountDownLatch(0));
		}

	}

	private record Blocking(CountDownLatch release) implements SpanExporter {

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
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

	@Configuration(proxyBeanMethods = false)
	static class FailsAfterPipeline {

		@Bean
		Object failing(SpanPipeline pipeline) {
			throw new IllegalStateException("port in use");
		}

	}

}
