package io.hindspan.task;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.test.util.ReflectionTestUtils;

import io.hindspan.TracedApplication;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TaskTracingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TaskTracingAutoConfigurationTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext start(Class<?> source, String... args) {
		return TracedApplication.start(this.receiver, WebApplicationType.NONE, source, args);
	}

	@Test
	void startsWithoutAWarning(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(Application.class)) {
			assertThat(context.getBeansOfType(ScheduledTaskSpanConvention.class)).hasSize(1);
			assertThat(context.getBeansOfType(AsyncSpanAdvisor.class)).hasSize(1);
			assertThat(AopUtils.isAopProxy(context.getBean(ThreadPoolExecutor.class))).isTrue();
			assertThat(ReflectionTestUtils.getField(context.getBean(ThreadPoolTaskExecutor.class), "taskDecorator"))
				.isInstanceOf(CarryingTaskDecorator.class);
		}
		assertThat(output).doesNotContain(" WARN ", "not eligible for getting processed", "The trace ends");
	}

	@Test
	void offByPropertyCreatesAndWrapsNothing() {
		for (String off : Set.of("hindspan.task.enabled", "hindspan.enabled")) {
			try (ConfigurableApplicationContext context = start(Application.class, "--" + off + "=false")) {
				assertThat(context.getBeanDefinitionNames()).doesNotContain(
						TaskTracingAutoConfiguration.class.getName(), "tracedExecutorPostProcessor", "asyncSpanAdvisor",
						"scheduledTaskSpanConvention");
				assertThat(context.getBean(ThreadPoolExecutor.class)).isExactlyInstanceOf(ThreadPoolExecutor.class);
				assertThat(context.getBean(ThreadPoolTaskScheduler.class))
					.isExactlyInstanceOf(ThreadPoolTaskScheduler.class);
				assertThat(ReflectionTestUtils.getField(context.getBean(ThreadPoolTaskExecutor.class), "taskDecorator"))
					.isNull();
			}
		}
	}

	@Test
	void noAsynchronousMethodsNoAdvisor() {
		try (ConfigurableApplicationContext context = start(Plain.class)) {
			assertThat(context.getBeansOfType(AsyncSpanAdvisor.class)).isEmpty();
		}
	}

	@Test
	void executorThatCannotBeTracedIsLeftAloneAndTold(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(Plain.class)) {
			assertThat(context.getBean("closed")).isExactlyInstanceOf(ClosedExecutor.class);
		}
		assertThat(output).contains("The trace ends at executor 'closed'");
	}

	@Test
	void eventLoopsAreLeftAlone() {
		try (ConfigurableApplicationContext context = start(Plain.class)) {
			assertThat(context.getBean("eventLoops")).isExactlyInstanceOf(DefaultEventExecutorGroup.class);
		}
	}

	@Test
	void cyclesAndNeighboursLeaveNothingBehind() throws Exception {
		try (ConfigurableApplicationContext first = start(Small.class)) {
			assertBelongsTo(first);
			assertBelongsTo(first);
			Set<Thread> before = liveThreads();
			for (int cycle = 0; cycle < 20; cycle++) {
				try (ConfigurableApplicationContext second = start(Small.class)) {
					assertBelongsTo(second);
					assertBelongsTo(first);
				}
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(liveThreads()).filteredOn((thread) -> !before.contains(thread))
					.extracting(Thread::getName)
					.noneMatch((name) -> name.matches("(pool-|task-|taskExecutor-|taskScheduler-|scheduling-).*")));
			assertBelongsTo(first);
		}
	}

	private void assertBelongsTo(ConfigurableApplicationContext context) throws Exception {
		Seen there = new Traced(context).callInManualSpan("request",
				() -> context.getBean(ThreadPoolExecutor.class).submit(Seen::here).get());
		assertThat(there.observation()).isNotNull();
		assertThat(there.logId()).isEqualTo(there.traceId());
	}

	private Set<Thread> liveThreads() {
		return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive).collect(Collectors.toSet());
	}

	@Test
	void fieldsOfSpringsExecutorsAreThere() {
		RuntimeHints hints = new RuntimeHints();
		new TaskRuntimeHints().registerHints(hints, null);
		for (Class<?> executor : Set.of(ThreadPoolTaskExecutor.class, SimpleAsyncTaskExecutor.class,
				ConcurrentTaskExecutor.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(executor, "taskDecorator")).accepts(hints);
		}
	}

	static class Work {

		@Async
		void later() {
		}

		@Scheduled(fixedRate = 1000)
		void now() {
		}

	}

	static final class ClosedExecutor implements Executor {

		@Override
		public void execute(Runnable task) {
			task.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Plain {

		@Bean
		ClosedExecutor closed() {
			return new ClosedExecutor();
		}

		@Bean
		DefaultEventExecutorGroup eventLoops() {
			return new DefaultEventExecutorGroup(1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ AopAutoConfiguration.class, ObservationAutoConfiguration.class,
			OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
			MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
			TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class,
			TaskTracingAutoConfiguration.class })
	@EnableAsync
	@EnableScheduling
	@Import(Beans.class)
	static class Small {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@EnableScheduling
	@Import(Beans.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		Work work() {
			return new Work();
		}

		@Bean
		ThreadPoolExecutor pool() {
			return (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
		}

		@Bean
		ThreadPoolTaskExecutor taskExecutor() {
			return new ThreadPoolTaskExecutor();
		}

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			return new ThreadPoolTaskScheduler();
		}

		@Bean
		SimpleAsyncTaskScheduler simpleScheduler() {
			return new SimpleAsyncTaskScheduler();
		}

	}

}
