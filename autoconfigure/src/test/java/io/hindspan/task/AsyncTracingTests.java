package io.hindspan.task;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.annotation.Observed;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for methods with {@code @Async}.
 */
class AsyncTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext shared;

	private ConfigurableApplicationContext context;

	private Traced traced;

	private Notifications notifications;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		shared = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
	}

	@AfterAll
	static void stop() {
		shared.close();
		receiver.close();
	}

	@BeforeEach
	void use() {
		receiver.reset();
		use(shared);
	}

	private void use(ConfigurableApplicationContext context) {
		this.context = context;
		this.traced = new Traced(context);
		this.notifications = context.getBean(Notifications.class);
	}

	private void useOther(Class<?> source, String... args) {
		use(TracedApplication.start(receiver, WebApplicationType.NONE, source, args));
	}

	@AfterEach
	void close() {
		if (this.context != shared) {
			this.context.close();
		}
	}

	@Test
	void callIsASpanAndItsWorkIsBeneath() throws Exception {
		Seen there = this.traced.call("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		RecordedTrace trace = trace(3);
		assertThat(trace)
			.matchesTree(span("request").with(span("Notifications.send", SpanKind.INTERNAL).status(StatusCode.UNSET)
				.attribute("code.function.name", Notifications.class.getName() + ".send")
				.with(span("render"))));
		assertThat(trace).span("Notifications.send").hasScope("io.hindspan.task");
		assertThat(there.logId()).isEqualTo(trace.traceId());
		assertThat(there.logSpanId()).isEqualTo(trace.span("Notifications.send").spanId());
	}

	@Test
	void spanOfManualParentIsTheParent() throws Exception {
		Seen there = this.traced.callInManualSpan("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		assertThat(trace(4)).matchesTree(
				span("observed request").with(span("request").with(span("Notifications.send").with(span("render")))));
		assertThat(there.baggage("tenant")).isEqualTo("request");
	}

	@Test
	void lateWorkIsStillOfTheTrace() throws Exception {
		this.traced.call("request", () -> {
			this.notifications.sendLate();
			return null;
		});
		receiver.awaitSpan((span) -> span.name().equals("request"));
		this.notifications.goOn();
		RecordedTrace trace = trace(2);
		assertThat(trace).matchesTree(span("request").with(span("Notifications.sendLate")));
		assertThat(trace.span("Notifications.sendLate").endNanos()).isGreaterThan(trace.span("request").endNanos());
	}

	@Test
	void failureIsAnErrorToldOnce() throws Exception {
		this.traced.call("request", () -> {
			this.notifications.fail();
			return null;
		});
		RecordedTrace trace = trace(3);
		assertThat(trace).span("smtp").hasStatus(StatusCode.ERROR).hasException(IllegalStateException.class);
		assertThat(trace).span("Notifications.fail")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasNoEvents();
		assertThat(trace).root().hasStatus(StatusCode.UNSET);
	}

	@Test
	void spanEndsWithTheFuture() throws Exception {
		CompletableFuture<String> result = this.traced.call("request", this.notifications::sendThroughFuture);
		receiver.awaitSpan((span) -> span.name().equals("request"));
		this.notifications.replyWith(new IOException("refused"));
		assertThat(result).failsWithin(10, TimeUnit.SECONDS);
		assertThat(trace(2)).span("Notifications.sendThroughFuture")
			.hasStatus(StatusCode.ERROR)
			.hasStatusMessage("refused")
			.hasAttribute("error.type", IOException.class.getName());
	}

	@Test
	void observedMethodHasOneSpan() throws Exception {
		this.traced.call("request", () -> this.notifications.observed().get(10, TimeUnit.SECONDS));
		assertThat(trace(2)).matchesTree(span("request").with(span("Notifications#observed")));
	}

	@Test
	void asynchronousListenerGoesOnWithTheTrace() throws Exception {
		this.traced.call("request", () -> {
			this.context.publishEvent(new TaskCreated());
			return null;
		});
		assertThat(trace(2)).matchesTree(span("request").with(span("Notifications.on")));
	}

	@Test
	void workWithoutACallerIsATrace() throws Exception {
		assertThat(this.notifications.send().get(10, TimeUnit.SECONDS).logId()).isNotNull();
		assertThat(trace(2)).matchesTree(span("Notifications.send").with(span("render")));
	}

	@Test
	void executorThatIsNoBeanCarriesTheContext() throws Exception {
		useOther(WithConfigurer.class);
		this.traced.call("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		assertThat(trace(3)).matchesTree(span("request").with(span("Notifications.send").with(span("render"))));
		assertThat(this.context.getBean(WithConfigurer.class)).isNotNull();
		assertThat(this.context.getBean("fromConfigurer")).isEqualTo("fromConfigurer");
	}

	@Test
	void lambdaOfConfigurerCarriesTheContext() throws Exception {
		useOther(WithLambda.class);
		this.traced.call("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		assertThat(trace(3)).matchesTree(span("request").with(span("Notifications.send").with(span("render"))));
	}

	@Test
	void spansOfCallsCanBeTurnedOff() throws Exception {
		useOther(Application.class, "--hindspan.task.async-spans=false");
		this.traced.call("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		assertThat(trace(2)).matchesTree(span("request").with(span("render")));
	}

	@Test
	void unsampledCallMakesNoSpanAndKeepsTheIds() throws Exception {
		useOther(Application.class, "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=false");
		String[] traceId = new String[1];
		Seen there = this.traced.call("request", () -> {
			traceId[0] = Seen.here().traceId();
			return this.notifications.send().get(10, TimeUnit.SECONDS);
		});
		assertThat(there.logId()).isEqualTo(traceId[0]);
	}

	@Test
	void offMeansAsSpringBootDoes() throws Exception {
		useOther(Application.class, "--hindspan.task.enabled=false");
		Seen there = this.traced.call("request", () -> this.notifications.send().get(10, TimeUnit.SECONDS));
		assertThat(there).isEqualTo(Seen.NOTHING);
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() == spans);
	}

	record TaskCreated() {

	}

	static class Notifications {

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		private final CompletableFuture<String> reply = new CompletableFuture<>();

		private final ObservationRegistry registry;

		Notifications(ObservationRegistry registry) {
			this.registry = registry;
		}

		void goOn() {
			this.mayGoOn.countDown();
		}

		void replyWith(Throwable failure) {
			this.reply.completeExceptionally(failure);
		}

		@Async
		public CompletableFuture<Seen> send() {
			Observation.createNotStarted("render", this.registry).observe(() -> {
			});
			return CompletableFuture.completedFuture(Seen.here());
		}

		@Async
		public void sendLate() throws InterruptedException {
			this.mayGoOn.await();
		}

		@Async
		public void fail() {
			Observation.createNotStarted("smtp", this.registry).observe(() -> {
				throw new IllegalStateException("broken");
			});
		}

		@Async
		public CompletableFuture<String> sendThroughFuture() {
			return this.reply.thenApply((text) -> text);
		}

		@Async
		@Observed
		public CompletableFuture<String> observed() {
			return CompletableFuture.completedFuture("done");
		}

		@Async
		@EventListener
		public void on(TaskCreated event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	static class Application {

		@Bean
		Notifications notifications(ObservationRegistry registry) {
			return new Notifications(registry);
		}

	}

	@Configuration
	@EnableAutoConfiguration
	@EnableAsync
	static class WithConfigurer implements AsyncConfigurer {

		@Override
		public Executor getAsyncExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setDaemon(true);
			executor.initialize();
			return executor;
		}

		@Bean
		Notifications notifications(ObservationRegistry registry) {
			return new Notifications(registry);
		}

		@Bean
		String fromConfigurer() {
			return "fromConfigurer";
		}

		@Bean
		SimpleAsyncTaskExecutor unused() {
			return new SimpleAsyncTaskExecutor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	static class WithLambda {

		@Bean
		AsyncConfigurer configurer() {
			return new AsyncConfigurer() {

				@Override
				public Executor getAsyncExecutor() {
					return (task) -> new Thread(task).start();
				}

			};
		}

		@Bean
		Notifications notifications(ObservationRegistry registry) {
			return new Notifications(registry);
		}

	}

}
