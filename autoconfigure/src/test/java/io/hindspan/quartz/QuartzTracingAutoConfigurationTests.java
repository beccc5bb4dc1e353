package io.hindspan.quartz;

import org.junit.jupiter.api.Test;
import org.quartz.Scheduler;
import org.quartz.impl.StdScheduler;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.quartz.SpringBeanJobFactory;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartzTracingAutoConfiguration}.
 */
class QuartzTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				QuartzTracingAutoConfiguration.class, QuartzAutoConfiguration.class));

	@Test
	void listensToSpringBootsSchedulerWhichKeepsItsClass() {
		this.runner.run((context) -> {
			StdScheduler scheduler = context.getBean(StdScheduler.class);
			assertThat(scheduler.getListenerManager().getJobListeners()).hasSize(1);
			assertThat(AopUtils.isAopProxy(scheduler)).isTrue();
			assertThat(scheduler.getSchedulerName()).isEqualTo("quartzScheduler");
			assertThat(scheduler.isStarted()).isTrue();
		});
	}

	@Test
	void schedulerIsItselfWithoutLinks() {
		this.runner.withPropertyValues("hindspan.quartz.link-to-scheduler=false").run((context) -> {
			Scheduler scheduler = context.getBean(Scheduler.class);
			assertThat(scheduler.getListenerManager().getJobListeners()).hasSize(1);
			assertThat(scheduler).isExactlyInstanceOf(StdScheduler.class);
		});
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.quartz.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(SchedulerPostProcessor.class);
			assertThat(context.getBean(Scheduler.class)).isExactlyInstanceOf(StdScheduler.class);
		});
	}

	@Test
	void wrongPropertyIsNamed() {
		this.runner.withPropertyValues("hindspan.quartz.link-to-scheduler=maybe")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("hindspan.quartz.link-to-scheduler"));
	}

	@Test
	void needsQuartz() {
		this.runner.withClassLoader(new FilteredClassLoader("org.quartz"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SchedulerPostProcessor.class));
	}

	@Test
	void needsTracing() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(QuartzTracingAutoConfiguration.class, QuartzAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SchedulerPostProcessor.class));
	}

	@Test
	void reflectionIsKnownAheadOfTime() {
		RuntimeHints hints = new RuntimeHints();
		new QuartzRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(StdScheduler.class, "sched")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(SpringBeanJobFactory.class, "ignoredUnknownProperties")).accepts(hints);
	}

}
