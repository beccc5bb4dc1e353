package io.hindspan.task;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.PeriodicTrigger;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for schedulers: what runs once goes on with the trace, what repeats starts its
 * own each time.
 */
class SchedulerTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static Traced traced;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
		traced = new Traced(context);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	static Stream<String> schedulers() {
		return context.getBeansOfType(TaskScheduler.class).keySet().stream();
	}

	static Stream<String> scheduledExecutors() {
		return context.getBeansOfType(ScheduledExecutorService.class).keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("schedulers")
	void delayedTaskSeesEverything(String name) throws Exception {
		TaskScheduler scheduler = context.getBean(name, TaskScheduler.class);
		CompletableFuture<Seen> result = new CompletableFuture<>();
		Seen here = traced.callInManualSpan("scheduling", () -> {
			scheduler.schedule(() -> result.complete(Seen.here()), Instant.now().plusMillis(5));
			return Seen.here();
		});
		assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(here);
	}

	@ParameterizedTest
	@MethodSource("schedulers")
	void repeatedTaskStartsFromNothing(String name) throws Exception {
		TaskScheduler scheduler = context.getBean(name, TaskScheduler.class);
		assertStartsFromNothing((task) -> scheduler.scheduleAtFixedRate(task, Duration.ofMillis(2)));
		assertStartsFromNothing((task) -> scheduler.scheduleAtFixedRate(task, Instant.now(), Duration.ofMillis(2)));
		assertStartsFromNothing((task) -> scheduler.scheduleWithFixedDelay(task, Duration.ofMillis(2)));
		assertStartsFromNothing((task) -> scheduler.scheduleWithFixedDelay(task, Instant.now(), Duration.ofMillis(2)));
		assertStartsFromNothing((task) -> scheduler.schedule(task, new PeriodicTrigger(Duration.ofMillis(2))));
	}

	@ParameterizedTest
	@MethodSource("scheduledExecutors")
	void delayedTaskOfTheJdkSeesEverything(String name) throws Exception {
		ScheduledExecutorService executor = context.getBean(name, ScheduledExecutorService.class);
		List<Seen> seen = traced.callInManualSpan("scheduling", () -> {
			CompletableFuture<Seen> result = new CompletableFuture<>();
			Callable<Seen> call = Seen::here;
			executor.schedule(() -> {
				result.complete(Seen.here());
			}, 5, TimeUnit.MILLISECONDS);
			return List.of(Seen.here(), result.get(10, TimeUnit.SECONDS),
					executor.schedule(call, 5, TimeUnit.MILLISECONDS).get());
		});
		assertThat(seen).containsOnly(seen.get(0));
	}

	@ParameterizedTest
	@MethodSource("scheduledExecutors")
	void repeatedTaskOfTheJdkStartsFromNothing(String name) throws Exception {
		ScheduledExecutorService executor = context.getBean(name, ScheduledExecutorService.class);
		assertStartsFromNothing((task) -> executor.scheduleAtFixedRate(task, 0, 2, TimeUnit.MILLISECONDS));
		assertStartsFromNothing((task) -> executor.scheduleWithFixedDelay(task, 0, 2, TimeUnit.MILLISECONDS));
		// A scheduler of the application's around the bean
		TaskScheduler scheduler = new ConcurrentTaskScheduler(executor);
		assertStartsFromNothing((task) -> scheduler.schedule(task, new PeriodicTrigger(Duration.ofMillis(2))));
	}

	private void assertStartsFromNothing(Scheduling scheduling) throws Exception {
		BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
		Future<?> future = traced.callInManualSpan("scheduling", () -> scheduling.of(() -> seen.add(Seen.here())));
		for (int i = 0; i < 3; i++) {
			assertThat(seen.poll(10, TimeUnit.SECONDS)).as("run " + i).isEqualTo(Seen.NOTHING);
		}
		future.cancel(false);
	}

	@Test
	void eachRunOfAScheduledMethodIsATrace() {
		RecordedTrace trace = receiver.awaitTrace((candidate) -> !candidate.spans("Cleanup.purge").isEmpty()
				&& !candidate.spans("delete expired").isEmpty());
		assertThat(trace).matchesTree(span("Cleanup.purge", SpanKind.INTERNAL).status(StatusCode.UNSET)
			.attribute("code.function.name", Cleanup.class.getName() + ".purge")
			.attribute("outcome", "SUCCESS")
			.with(span("delete expired")));
		assertThat(trace).root()
			.isRoot()
			.hasScope("io.hindspan.task")
			.hasNoAttribute("code.function", "code.namespace", "exception");
		List<RecordedSpan> runs = awaitRuns("Cleanup.purge", 3);
		assertThat(runs.stream().map(RecordedSpan::traceId)).doesNotHaveDuplicates();
		assertThat(runs).allSatisfy((run) -> assertThat(run).isRoot());
	}

	@Test
	void methodScheduledInATraceDoesNotContinueIt() throws Exception {
		String traceId = traced.call("first use", () -> {
			context.getBean(LateCleanup.class);
			return Seen.here().traceId();
		});
		for (String name : List.of("LateCleanup.byCron", "LateCleanup.byRate")) {
			assertThat(awaitRuns(name, 2)).allSatisfy((run) -> {
				assertThat(run).isRoot();
				assertThat(run.traceId()).isNotEqualTo(traceId);
			});
		}
	}

	@Test
	void failedRunIsAnError() {
		RecordedSpan run = receiver.awaitSpan((span) -> span.name().equals("Cleanup.fail"));
		assertThat(run).hasStatus(StatusCode.ERROR)
			.hasStatusMessage("broken")
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasAttribute("outcome", "ERROR")
			.hasException(IllegalStateException.class);
	}

	private List<RecordedSpan> awaitRuns(String name, int count) {
		receiver.awaitTrace((trace) -> receiver.spans((span) -> span.name().equals(name)).size() >= count);
		return receiver.spans((span) -> span.name().equals(name));
	}

	interface Scheduling {

		Future<?> of(Runnable task) throws Exception;

	}

	static class Cleanup {

		private final ObservationRegistry registry;

		private final AtomicInteger failures = new AtomicInteger();

		Cleanup(ObservationRegistry registry) {
			this.registry = registry;
		}

		@Scheduled(fixedRate = 20)
		void purge() {
			Observation.createNotStarted("delete expired", this.registry).observe(() -> {
			});
		}

		@Scheduled(fixedDelay = 20)
		void fail() {
			if (this.failures.getAndIncrement() == 0) {
				throw new IllegalStateException("broken");
			}
		}

	}

	static class LateCleanup {

		@Scheduled(cron = "* * * * * *")
		void byCron() {
		}

		@Scheduled(fixedRate = 20)
		void byRate() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Cleanup cleanup(ObservationRegistry registry) {
			return new Cleanup(registry);
		}

		@Bean
		@Lazy
		LateCleanup lateCleanup() {
			return new LateCleanup();
		}

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setPoolSize(2);
			return scheduler;
		}

		@Bean
		SimpleAsyncTaskScheduler simpleScheduler() {
			return new SimpleAsyncTaskScheduler();
		}

		@Bean
		ConcurrentTaskScheduler concurrentScheduler() {
			return new ConcurrentTaskScheduler(Executors.newSingleThreadScheduledExecutor());
		}

		@Bean
		ScheduledThreadPoolExecutor scheduledPool() {
			return new ScheduledThreadPoolExecutor(2);
		}

		@Bean
		ScheduledExecutorService single() {
			return Executors.newSingleThreadScheduledExecutor();
		}

	}

}
