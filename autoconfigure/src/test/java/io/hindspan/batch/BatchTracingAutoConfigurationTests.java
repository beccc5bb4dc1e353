package io.hindspan.batch;

import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.TaskletStep;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.observation.BatchObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BatchTracingAutoConfiguration}.
 */
class BatchTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpanTracingAutoConfiguration.class, BatchAutoConfiguration.class,
					BatchObservationAutoConfiguration.class, BatchTracingAutoConfiguration.class));

	@Test
	void observesStepsThatAreNoBeansAndKeepsTheRegistryOfTheApplication() {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			Jobs jobs = context.getBean(Jobs.class);
			assertThat(jobs.inline).extracting("observationRegistry")
				.isSameAs(context.getBean(ObservationRegistry.class));
			assertThat(jobs.own).extracting("observationRegistry").isSameAs(Jobs.REGISTRY);
		});
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withUserConfiguration(Jobs.class)
			.withPropertyValues("hindspan.batch.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(JobSpanConvention.class)
					.doesNotHaveBean(InlineStepPostProcessor.class);
				assertThat(context.getBean(Jobs.class).inline).extracting("observationRegistry")
					.isSameAs(ObservationRegistry.NOOP);
			});
	}

	@Test
	void wrongPropertyIsNamed() {
		this.runner.withPropertyValues("hindspan.batch.chunk-spans=maybe")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("hindspan.batch.chunk-spans"));
	}

	@Test
	void needsSpringBatch() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.batch"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JobSpanConvention.class));
	}

	@Test
	void observationsThatAreOffStayOff() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
							OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
							SpanTracingAutoConfiguration.class, BatchTracingAutoConfiguration.class))
			.withBean(ResourcelessJobRepository.class)
			.withUserConfiguration(Jobs.class)
			.run((context) -> assertThat(context.getBean(Jobs.class).inline).extracting("observationRegistry")
				.isSameAs(ObservationRegistry.NOOP));
	}

	@Test
	void reflectionIsKnownAheadOfTime() {
		RuntimeHints hints = new RuntimeHints();
		new BatchRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(AbstractStep.class, "observationRegistry"))
			.accepts(hints);
	}

	@Configuration
	static class Jobs {

		static final ObservationRegistry REGISTRY = ObservationRegistry.create();

		private TaskletStep inline;

		private TaskletStep own;

		@Bean
		Job job(JobRepository repository) {
			this.inline = new StepBuilder("inline", repository).tasklet((contribution, chunk) -> RepeatStatus.FINISHED)
				.build();
			this.own = new StepBuilder("own", repository).observationRegistry(REGISTRY)
				.tasklet((contribution, chunk) -> RepeatStatus.FINISHED)
				.build();
			return new JobBuilder("job", repository).start(this.inline).next(this.own).build();
		}

	}

}
