package io.hindspan.span;

import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.annotation.ObservationKeyValue;
import io.micrometer.observation.annotation.Observed;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@code @Observed} and {@code @ObservationKeyValue}, which work without any
 * setting.
 */
class ObservedTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static Tasks tasks;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
		tasks = context.getBean(Tasks.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void methodIsASpanWithArgumentsAndResult() {
		assertThat(tasks.create("milk", 3)).isEqualTo("task-milk");
		RecordedTrace trace = trace("CreateTask", 2);
		assertThat(trace).matchesTree(span("CreateTask", SpanKind.INTERNAL).status(StatusCode.UNSET)
			.attribute("code.function.name", Tasks.class.getName() + ".create")
			.attribute("task.title", "milk")
			.attribute("task.priority", "3")
			.attribute("task.id", "task-milk")
			.attribute("team", "core")
			.with(span("store")));
		assertThat(trace).root().hasNoAttribute("class", "method", "error").hasScope("io.hindspan");
	}

	@Test
	void nameIsAsGivenElseMicrometersOwn() {
		tasks.count();
		assertThat(trace("Tasks#count", 1))
			.matchesTree(span("Tasks#count").attribute("code.function.name", Tasks.class.getName() + ".count"));
	}

	@Test
	void futureEndsTheSpan() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		CompletableFuture<String> result = tasks.fetch(reply);
		long beforeReply = TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
		reply.complete("done");
		assertThat(result).isCompletedWithValue("done");
		assertThat(trace("Tasks#fetch", 1)).root().hasStatus(StatusCode.UNSET);
		assertThat(trace("Tasks#fetch", 1).roots().get(0).endNanos()).isGreaterThanOrEqualTo(beforeReply);
	}

	@Test
	void failedFutureIsTheErrorItself() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		tasks.fetch(reply);
		reply.completeExceptionally(new NoSuchElementException("gone"));
		assertThat(trace("Tasks#fetch", 1)).root()
			.hasStatus(StatusCode.ERROR)
			.hasStatusMessage("gone")
			.hasAttribute("error.type", NoSuchElementException.class.getName())
			.hasException(NoSuchElementException.class);
	}

	@Test
	void exceptionIsToldOnceWhereItHappened() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(tasks::fail);
		RecordedTrace trace = trace("Tasks#fail", 2);
		assertThat(trace).span("store").hasStatus(StatusCode.ERROR).hasException(IllegalStateException.class);
		assertThat(trace).span("Tasks#fail")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasNoEvents();
	}

	@Test
	void everyMethodOfAnObservedClassIsASpan() {
		context.getBean(Audit.class).record();
		assertThat(trace("Audit#record", 1)).hasSingleRoot();
	}

	@Test
	void metersKeepTheirTags() {
		tasks.count();
		assertThat(context.getBean(MeterRegistry.class).get("method.observed").tag("method", "count").timer().count())
			.isPositive();
	}

	@Test
	void olderNamesTellClassAndMethod() {
		try (ConfigurableApplicationContext legacy = TracedApplication.start(receiver, WebApplicationType.NONE,
				Application.class, "--hindspan.span.attribute-names=legacy")) {
			legacy.getBean(Tasks.class).count();
			assertThat(receiver.awaitSpan((span) -> span.attributes().containsKey("code.namespace")))
				.hasAttribute("code.namespace", Tasks.class.getName())
				.hasAttribute("code.function", "count")
				.hasNoAttribute("code.function.name");
		}
	}

	@Test
	void absentWithoutAspectJ() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ObservedTracingAutoConfiguration.class))
			.withBean(InstrumentationTracers.class, () -> context.getBean(InstrumentationTracers.class))
			.withClassLoader(new FilteredClassLoader("org.aspectj"))
			.run((runner) -> assertThat(runner.getBeansOfType(SpanConvention.class)).isEmpty());
	}

	private RecordedTrace trace(String root, int spans) {
		return receiver
			.awaitTrace((trace) -> trace.spans().size() == spans && trace.roots().get(0).name().equals(root));
	}

	static class Tasks {

		private final ObservationRegistry registry;

		Tasks(ObservationRegistry registry) {
			this.registry = registry;
		}

		@Observed(name = "task.create", contextualName = "CreateTask", lowCardinalityKeyValues = { "team", "core" })
		@ObservationKeyValue("task.id")
		public String create(@ObservationKeyValue("task.title") String title,
				@ObservationKeyValue("task.priority") int priority) {
			Observation.createNotStarted("store", this.registry).observe(() -> {
			});
			return "task-" + title;
		}

		@Observed
		public int count() {
			return 0;
		}

		@Observed
		public CompletableFuture<String> fetch(CompletableFuture<String> reply) {
			return reply.thenApply((text) -> text);
		}

		@Observed
		public void fail() {
			Observation.createNotStarted("store", this.registry).observe(() -> {
				throw new IllegalStateException("broken");
			});
		}

	}

	@Observed
	static class Audit {

		public void record() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Tasks tasks(ObservationRegistry registry) {
			return new Tasks(registry);
		}

		@Bean
		Audit audit() {
			return new Audit();
		}

	}

}
