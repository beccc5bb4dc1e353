package io.hindspan.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many traces at once over a few shared threads: every span lands in its own trace, and
 * no thread keeps anything.
 */
class SharedPoolTests {

	private static final int CALLERS = 8;

	private static final int REQUESTS = 60;

	private static final int SPANS = 1 + 5;

	@Test
	void nothingIsMixedUpAndNothingStays() throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class)) {
			Hammer hammer = new Hammer(context);
			ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> running = new ArrayList<>();
			for (int caller = 0; caller < CALLERS; caller++) {
				int number = caller;
				running.add(callers.submit(() -> {
					start.await();
					for (int request = 0; request < REQUESTS; request++) {
						hammer.request(number + "." + request, request);
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> future : running) {
				future.get(60, TimeUnit.SECONDS);
			}
			assertNothingStays(context.getBeansOfType(Executor.class));
			for (int caller = 0; caller < CALLERS; caller++) {
				assertThat(callers.submit(Seen::here).get()).isEqualTo(Seen.NOTHING);
			}
			callers.shutdown();
			int expected = CALLERS * REQUESTS * 5 / 6;
			receiver.awaitSpans(expected * SPANS);
			List<RecordedTrace> traces = receiver.traces();
			assertThat(traces).hasSize(expected).allSatisfy((trace) -> {
				String id = trace.roots().get(0).name();
				assertThat(trace.roots()).hasSize(1);
				assertThat(trace.spans()).hasSize(SPANS).extracting(RecordedSpan::name).containsOnly(id);
			});
		}
	}

	/**
	 * One task at a time on every thread of the pool.
	 */
	private void assertNothingStays(Map<String, Executor> executors) throws Exception {
		for (Map.Entry<String, Executor> executor : executors.entrySet()) {
			CountDownLatch together = new CountDownLatch(2);
			List<CompletableFuture<Seen>> seen = new ArrayList<>();
			for (int thread = 0; thread < 2; thread++) {
				seen.add(CompletableFuture.supplyAsync(() -> {
					together.countDown();
					try {
						together.await(2, TimeUnit.SECONDS);
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
					return Seen.here();
				}, executor.getValue()));
			}
			for (CompletableFuture<Seen> future : seen) {
				assertThat(future.get(10, TimeUnit.SECONDS)).as(executor.getKey()).isEqualTo(Seen.NOTHING);
			}
		}
	}

	/**
	 * Hands tasks to all executors. Every sixth request is not traced, and some tasks
	 * fail or are cancelled.
	 */
	static final class Hammer {

		private final ObservationRegistry registry;

		private final ThreadPoolTaskExecutor taskExecutor;

		private final ThreadPoolTaskScheduler scheduler;

		private final ThreadPoolExecutor pool;

		private final ForkJoinPool forkJoin;

		Hammer(ConfigurableApplicationContext context) {
			this.registry = context.getBean(ObservationRegistry.class);
			this.taskExecutor = context.getBean("taskExecutor", ThreadPoolTaskExecutor.class);
			this.scheduler = context.getBean(ThreadPoolTaskScheduler.class);
			this.pool = context.getBean("pool", ThreadPoolExecutor.class);
			this.forkJoin = context.getBean(ForkJoinPool.class);
		}

		void request(String id, int number) throws Exception {
			if (number % 6 == 5) {
				handOut(() -> Seen.here()).forEach((seen) -> assertThat(seen).isEqualTo(Seen.NOTHING));
				return;
			}
			Observation observation = Observation.start(id, this.registry);
			try (Observation.Scope scope = observation.openScope()) {
				String traceId = Seen.here().traceId();
				List<Seen> all = handOut(
						() -> Observation.createNotStarted(id, this.registry).observe(() -> Seen.here()));
				assertThat(all).hasSize(5).allSatisfy((seen) -> {
					assertThat(seen.traceId()).isEqualTo(traceId);
					assertThat(seen.logId()).isEqualTo(traceId);
					assertThat(seen.logSpanId()).isEqualTo(seen.spanId());
				});
				this.pool.submit(() -> {
					throw new IllegalStateException("broken");
				});
				this.taskExecutor.submit(() -> {
				}).cancel(true);
			}
			finally {
				observation.stop();
			}
		}

		private List<Seen> handOut(Callable<Seen> work) throws Exception {
			Future<Seen> first = this.taskExecutor.submit(work);
			Future<Seen> second = this.pool.submit(work);
			Future<Seen> third = this.forkJoin.submit(work);
			Future<Seen> fourth = this.scheduler.submit(work);
			Seen fifth = Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic()).block();
			return List.of(first.get(), second.get(), third.get(), fourth.get(), fifth);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ThreadPoolTaskExecutor taskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(2);
			// Some tasks run on their caller's thread
			executor.setQueueCapacity(2);
			executor.setMaxPoolSize(2);
			executor.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
			return executor;
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setPoolSize(2);
			return scheduler;
		}

		@Bean
		ThreadPoolExecutor pool() {
			return (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
		}

		@Bean
		ScheduledThreadPoolExecutor scheduledPool() {
			return new ScheduledThreadPoolExecutor(2);
		}

		@Bean
		ForkJoinPool forkJoin() {
			return new ForkJoinPool(2);
		}

	}

}
