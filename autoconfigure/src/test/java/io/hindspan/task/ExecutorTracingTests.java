package io.hindspan.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.ScheduledExecutorFactoryBean;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.ReflectionUtils;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for executor beans of every kind: what is current where a task is handed over is
 * current where it runs, and nothing stays behind.
 */
class ExecutorTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static Traced traced;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
				"--spring.task.execution.mode=force", "--hindspan.task.excluded-executors=excluded");
		traced = new Traced(context);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	static Stream<String> executors() {
		return context.getBeansOfType(Executor.class)
			.keySet()
			.stream()
			.filter((name) -> !List.of("excluded", "ordered", "orderedTaskExecutor", "removing").contains(name));
	}

	static Stream<String> executorServices() {
		return executors().filter((name) -> context.getBean(name) instanceof ExecutorService);
	}

	static Stream<String> asyncTaskExecutors() {
		return executors().filter((name) -> context.getBean(name) instanceof AsyncTaskExecutor);
	}

	@ParameterizedTest
	@MethodSource("executors")
	void executedTaskSeesEverything(String name) throws Exception {
		Executor executor = context.getBean(name, Executor.class);
		assertCarries((result) -> executor.execute(() -> result.complete(Seen.here())));
		assertThat(CompletableFuture.supplyAsync(Seen::here, executor).get(10, TimeUnit.SECONDS))
			.isEqualTo(Seen.NOTHING);
	}

	@ParameterizedTest
	@MethodSource("executors")
	void completableFutureSeesEverything(String name) throws Exception {
		Executor executor = context.getBean(name, Executor.class);
		List<Seen> seen = traced.callInManualSpan("handing over", () -> {
			Seen here = Seen.here();
			Seen there = CompletableFuture.supplyAsync(() -> 1, executor)
				.thenApplyAsync((one) -> Seen.here(), executor)
				.get(10, TimeUnit.SECONDS);
			return List.of(here, there);
		});
		// The second stage is handed over by whichever thread ends the first
		assertThat(seen.get(1)).isEqualTo(seen.get(0));
	}

	@ParameterizedTest
	@MethodSource("executorServices")
	void submittedTasksSeeEverything(String name) throws Exception {
		ExecutorService executor = context.getBean(name, ExecutorService.class);
		assertCarries((result) -> executor.submit(() -> {
			result.complete(Seen.here());
		}));
		assertCarries((result) -> executor.submit(() -> result.complete(Seen.here())));
		assertCarries((result) -> executor.submit(() -> {
			result.complete(Seen.here());
		}, "done"));
		Callable<Seen> call = Seen::here;
		List<Seen> all = traced.callInManualSpan("handing over", () -> {
			List<Seen> seen = new ArrayList<>(List.of(Seen.here()));
			for (Future<Seen> future : executor.invokeAll(List.of(call, call))) {
				seen.add(future.get());
			}
			seen.add(executor.invokeAny(List.of(call)));
			return seen;
		});
		assertThat(all).hasSize(4).containsOnly(all.get(0));
	}

	@ParameterizedTest
	@MethodSource("asyncTaskExecutors")
	void tasksSubmittedToSpringsExecutorsSeeEverything(String name) throws Exception {
		AsyncTaskExecutor executor = context.getBean(name, AsyncTaskExecutor.class);
		assertCarries((result) -> executor.submit(() -> {
			result.complete(Seen.here());
		}));
		assertCarries((result) -> executor.submit(() -> result.complete(Seen.here())));
		assertCarries((result) -> executor.submitCompletable(() -> result.complete(Seen.here())));
	}

	private void assertCarries(Handover handover) throws Exception {
		CompletableFuture<Seen> result = new CompletableFuture<>();
		Seen here = traced.callInManualSpan("handing over", () -> {
			handover.to(result);
			return Seen.here();
		});
		Seen there = result.get(10, TimeUnit.SECONDS);
		assertThat(there).isEqualTo(here);
		assertThat(there.logId()).isEqualTo(there.traceId());
		assertThat(there.logSpanId()).isEqualTo(there.spanId());
		assertThat(there.baggage("tenant")).isEqualTo("handing over");
		assertThat(there.observation()).isNotNull();
	}

	@Test
	void thereAreExecutorsOfEveryKind() {
		assertThat(executors()).hasSizeGreaterThan(20);
		assertThat(executorServices()).hasSizeGreaterThan(10);
	}

	@Test
	void beansCanBeInjectedByTheirClass() {
		assertThat(context.getBean("threadPool", ThreadPoolExecutor.class).getCorePoolSize()).isEqualTo(2);
		assertThat(context.getBean("fixed", ThreadPoolExecutor.class).getMaximumPoolSize()).isEqualTo(2);
		assertThat(context.getBean("scheduledPool", ScheduledThreadPoolExecutor.class).getRemoveOnCancelPolicy())
			.isTrue();
		assertThat(context.getBean(ForkJoinPool.class).getParallelism()).isEqualTo(3);
		assertThat(context.getBean("ownPool", OwnPool.class).kind()).isEqualTo("own");
		assertThat(context.getBean("proxiedPool", OwnPool.class).kind()).isEqualTo("own");
		assertThat(context.getBean("scheduler", ThreadPoolTaskScheduler.class).getThreadNamePrefix()).isEqualTo("own-");
		assertThat(context.getBean(SimpleAsyncTaskScheduler.class).getConcurrencyLimit()).isEqualTo(7);
		assertThat(context.getBean(ConcurrentTaskScheduler.class).getConcurrentExecutor())
			.isInstanceOf(ScheduledExecutorService.class);
	}

	@Test
	void springsExecutorsAreNotReplaced() {
		assertThat(context.getBean("applicationTaskExecutor")).hasSameClassAs(new ThreadPoolTaskExecutor());
		assertThat(context.getBean("simple")).hasSameClassAs(new SimpleAsyncTaskExecutor());
		assertThat(context.getBean("synchronous")).hasSameClassAs(new SyncTaskExecutor());
		assertThat(context.getBean("excluded")).hasSameClassAs(new SimpleAsyncTaskExecutor());
	}

	@Test
	void ownDecoratorIsKept() throws Exception {
		AsyncTaskExecutor executor = context.getBean("decorated", AsyncTaskExecutor.class);
		Decorator.LAST.set(null);
		String traceId = traced.call("handing over", () -> {
			executor.submit(() -> {
			}).get();
			return Seen.here().traceId();
		});
		assertThat(Decorator.LAST.get()).as("context around the application's own decorator")
			.extracting(Seen::traceId)
			.isEqualTo(traceId);
	}

	@Test
	void excludedExecutorIsLeftAlone() throws Exception {
		AsyncTaskExecutor executor = context.getBean("excluded", AsyncTaskExecutor.class);
		assertThat(traced.call("handing over", () -> executor.submit(Seen::here).get())).isEqualTo(Seen.NOTHING);
	}

	@Test
	void queueThatOrdersTasksMeetsTheApplicationsOwn() throws Exception {
		for (String name : List.of("ordered", "orderedTaskExecutor")) {
			Executor executor = context.getBean(name, Executor.class);
			CountDownLatch started = new CountDownLatch(1);
			CountDownLatch done = new CountDownLatch(3);
			traced.call("handing over", () -> {
				for (int i = 0; i < 3; i++) {
					executor.execute(new Ranked(i, done));
				}
				started.countDown();
				return null;
			});
			assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void taskIsFoundInTheQueueAndGivenBack() throws Exception {
		ThreadPoolExecutor executor = context.getBean("removing", ThreadPoolExecutor.class);
		CountDownLatch hold = new CountDownLatch(1);
		executor.execute(() -> await(hold));
		Runnable first = () -> {
		};
		Runnable second = () -> {
		};
		Runnable third = () -> {
		};
		traced.call("handing over", () -> {
			executor.execute(first);
			executor.execute(second);
			return null;
		});
		executor.execute(third);
		assertThat(executor.remove(first)).isTrue();
		assertThat(executor.remove(first)).isFalse();
		assertThat(executor.shutdownNow()).containsExactly(second, third);
		hold.countDown();
		assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		assertThat(((ThreadPoolExecutor) AopProxyUtils.getSingletonTarget(executor)).isShutdown()).isTrue();
	}

	@Test
	void failureIsTheTasksOwn() throws Exception {
		ExecutorService executor = context.getBean("threadPool", ExecutorService.class);
		assertThat(traced.call("handing over", () -> executor.submit((Callable<String>) () -> {
			throw new IOException("broken");
		}))).failsWithin(10, TimeUnit.SECONDS)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(IOException.class);
		assertThatIllegalStateException().isThrownBy(() -> traced.call("handing over", () -> {
			context.getBean("direct", Executor.class).execute(() -> {
				throw new IllegalStateException("broken");
			});
			return null;
		})).withMessage("broken");
	}

	@Test
	void forkJoinTaskIsItsOwnFuture() {
		ForkJoinPool pool = context.getBean(ForkJoinPool.class);
		RecursiveTask<Integer> task = new RecursiveTask<>() {

			@Override
			protected Integer compute() {
				return 42;
			}

		};
		assertThat(pool.submit(task)).isSameAs(task);
		assertThat(pool.invoke(new RecursiveTask<String>() {

			@Override
			protected String compute() {
				return "done";
			}

		})).isEqualTo("done");
		assertThat(task.join()).isEqualTo(42);
	}

	@Test
	void taskForTheLifeOfTheApplicationHasNoContext() throws Exception {
		AsyncTaskExecutor executor = context.getBean("simple", AsyncTaskExecutor.class);
		CompletableFuture<Seen> result = new CompletableFuture<>();
		traced.call("starting", () -> {
			executor.execute(new SchedulingAwareRunnable() {

				@Override
				public boolean isLongLived() {
					return true;
				}

				@Override
				public void run() {
					result.complete(Seen.here());
				}

			});
			return null;
		});
		assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(Seen.NOTHING);
	}

	@Test
	void springsOwnPropagationIsNotDoneTwice() throws Exception {
		for (TaskDecorator own : List.of(new ContextPropagatingTaskDecorator(),
				new CompositeTaskDecorator(List.of(new ContextPropagatingTaskDecorator())))) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
			executor.setTaskDecorator(own);
			CarryingTaskDecorator.addTo(executor);
			CarryingTaskDecorator.addTo(executor);
			assertCarries((result) -> executor.execute(() -> result.complete(Seen.here())));
			CarryingTaskDecorator.removeFrom(executor);
			assertThat(ReflectionUtils.findField(SimpleAsyncTaskExecutor.class, CarryingTaskDecorator.FIELD))
				.satisfies((field) -> {
					ReflectionUtils.makeAccessible(field);
					assertThat(ReflectionUtils.getField(field, executor)).isSameAs(own);
				});
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsSeeEverything() throws Exception {
		try (ConfigurableApplicationContext virtual = TracedApplication.start(receiver, WebApplicationType.NONE,
				VirtualThreads.class, "--spring.threads.virtual.enabled=true")) {
			assertThat(virtual.getBean("applicationTaskExecutor")).hasSameClassAs(new SimpleAsyncTaskExecutor());
			for (Map.Entry<String, Executor> executor : virtual.getBeansOfType(Executor.class).entrySet()) {
				Traced here = new Traced(virtual);
				List<Seen> seen = here.callInManualSpan("handing over", () -> List.of(Seen.here(),
						CompletableFuture.supplyAsync(Seen::here, executor.getValue()).get(10, TimeUnit.SECONDS)));
				assertThat(seen.get(1)).as(executor.getKey()).isEqualTo(seen.get(0));
			}
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	interface Handover {

		void to(CompletableFuture<Seen> result) throws Exception;

	}

	record Ranked(int rank, CountDownLatch done) implements Runnable {

		@Override
		public void run() {
			this.done.countDown();
		}

	}

	static final class Decorator implements TaskDecorator {

		static final AtomicReference<Seen> LAST = new AtomicReference<>();

		@Override
		public Runnable decorate(Runnable task) {
			return () -> {
				LAST.set(Seen.here());
				task.run();
			};
		}

	}

	static class OwnPool extends ThreadPoolExecutor {

		OwnPool() {
			super(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		}

		String kind() {
			return "own";
		}

	}

	static final class FinalExecutor implements Executor {

		@Override
		public void execute(Runnable task) {
			new Thread(task).start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class VirtualThreads {

		@Bean
		VirtualThreadTaskExecutor virtual() {
			return new VirtualThreadTaskExecutor("own-");
		}

		@Bean
		Executor virtualPerTask() throws Exception {
			return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}

		@Bean
		SimpleAsyncTaskScheduler virtualScheduler() {
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setVirtualThreads(true);
			return scheduler;
		}

		@Bean
		SimpleAsyncTaskExecutor applicationTaskExecutor(SimpleAsyncTaskExecutorBuilder builder) {
			return builder.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ThreadPoolTaskExecutor taskExecutor() {
			return new ThreadPoolTaskExecutor();
		}

		@Bean
		ThreadPoolTaskExecutor initializedByHand() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.initialize();
			return executor;
		}

		@Bean
		ThreadPoolTaskExecutor decorated() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setTaskDecorator(new Decorator());
			return executor;
		}

		@Bean
		ThreadPoolTaskExecutor orderedTaskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {

				@Override
				protected BlockingQueue<Runnable> createQueue(int queueCapacity) {
					return new PriorityBlockingQueue<>(10, Comparator.comparingInt((task) -> ((Ranked) task).rank()));
				}

			};
			executor.setCorePoolSize(0);
			executor.setMaxPoolSize(1);
			return executor;
		}

		@Bean
		SimpleAsyncTaskExecutor simple() {
			return new SimpleAsyncTaskExecutor();
		}

		@Bean
		SimpleAsyncTaskExecutor excluded() {
			return new SimpleAsyncTaskExecutor();
		}

		@Bean
		TaskExecutor synchronous() {
			return new SyncTaskExecutor();
		}

		@Bean
		TaskExecutor concurrent() {
			return new ConcurrentTaskExecutor(Executors.newSingleThreadExecutor());
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setThreadNamePrefix("own-");
			return scheduler;
		}

		@Bean
		SimpleAsyncTaskScheduler simpleScheduler() {
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setConcurrencyLimit(7);
			return scheduler;
		}

		@Bean
		ConcurrentTaskScheduler concurrentScheduler() {
			return new ConcurrentTaskScheduler(Executors.newSingleThreadScheduledExecutor());
		}

		@Bean
		ThreadPoolExecutor threadPool() {
			return new ThreadPoolExecutor(2, 2, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		}

		@Bean
		ThreadPoolExecutor removing() {
			return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		}

		@Bean
		ThreadPoolExecutor ordered() {
			return new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS,
					new PriorityBlockingQueue<>(10, Comparator.comparingInt((task) -> ((Ranked) task).rank())));
		}

		@Bean
		OwnPool ownPool() {
			return new OwnPool();
		}

		@Bean
		OwnPool proxiedPool() {
			ProxyFactory factory = new ProxyFactory(new OwnPool());
			factory.setProxyTargetClass(true);
			return (OwnPool) factory.getProxy();
		}

		@Bean
		ThreadPoolExecutor anonymousPool() {
			return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {

				@Override
				protected void terminated() {
				}

			};
		}

		@Bean
		ExecutorService fixed() {
			return Executors.newFixedThreadPool(2);
		}

		@Bean
		ExecutorService cached() {
			return Executors.newCachedThreadPool();
		}

		@Bean
		ExecutorService single() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		ScheduledThreadPoolExecutor scheduledPool() {
			ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
			executor.setRemoveOnCancelPolicy(true);
			return executor;
		}

		@Bean
		ScheduledExecutorService singleScheduled() {
			return Executors.newSingleThreadScheduledExecutor();
		}

		@Bean
		ForkJoinPool forkJoin() {
			return new ForkJoinPool(3);
		}

		@Bean
		ExecutorService commonPool() {
			return Executors.unconfigurableExecutorService(ForkJoinPool.commonPool());
		}

		@Bean
		Executor direct() {
			return Runnable::run;
		}

		@Bean
		Executor threadPerTask() {
			return (task) -> new Thread(task).start();
		}

		@Bean
		Executor finalExecutor() {
			return new FinalExecutor();
		}

		@Bean
		ThreadPoolExecutorFactoryBean poolOfFactory() {
			return new ThreadPoolExecutorFactoryBean();
		}

		@Bean
		ScheduledExecutorFactoryBean schedulerOfFactory() {
			ScheduledExecutorFactoryBean factory = new ScheduledExecutorFactoryBean();
			factory.setExposeUnconfigurableExecutor(true);
			return factory;
		}

	}

}
