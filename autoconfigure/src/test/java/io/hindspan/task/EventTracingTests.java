package io.hindspan.task;

import java.util.concurrent.CompletableFuture;
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
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for methods that listen to events of the application.
 */
class EventTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext shared;

	private ConfigurableApplicationContext context;

	private Traced traced;

	private Listeners listeners;

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
		this.listeners = context.getBean(Listeners.class);
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
	void listenerAfterTheCommitIsAChildOfWhatCommitted() throws Exception {
		Seen[] there = new Seen[1];
		this.traced.call("request", () -> {
			inTransaction(new Committed());
			there[0] = this.listeners.seen().get(10, TimeUnit.SECONDS);
			return null;
		});
		RecordedTrace trace = trace(3);
		assertThat(trace)
			.matchesTree(span("request").with(span("Listeners.afterCommit", SpanKind.INTERNAL).status(StatusCode.UNSET)
				.attribute("code.function.name", Listeners.class.getName() + ".afterCommit")
				.attribute("spring.event.type", Committed.class.getName())
				.attribute("spring.event.transaction_phase", "AFTER_COMMIT")
				.attribute("outcome", "SUCCESS")
				.with(span("notify"))));
		assertThat(trace).span("Listeners.afterCommit").hasScope("io.hindspan.task");
		assertThat(there[0].logSpanId()).isEqualTo(trace.span("Listeners.afterCommit").spanId());
	}

	@Test
	void failureAfterTheCommitIsAnError() throws Exception {
		this.traced.call("request", () -> {
			inTransaction(new Failing());
			return null;
		});
		RecordedTrace trace = trace(2);
		assertThat(trace).span("Listeners.fail")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasAttribute("outcome", "ERROR")
			.hasException(IllegalStateException.class);
		assertThat(trace).root().hasStatus(StatusCode.UNSET);
	}

	@Test
	void listenerInThePublishersCallHasNoSpan() throws Exception {
		this.traced.call("request", () -> {
			inTransaction(new BeforeCommit());
			this.context.publishEvent(new Synchronous());
			return null;
		});
		assertThat(trace(1)).matchesTree(span("request"));
	}

	@Test
	void everyListenerHasASpanWhereAsked() throws Exception {
		useOther(Application.class, "--hindspan.task.event-spans=all");
		this.traced.call("request", () -> {
			inTransaction(new BeforeCommit());
			this.context.publishEvent(new Synchronous());
			return null;
		});
		assertThat(trace(3)).matchesTree(span("request").with(
				span("Listeners.beforeCommit").attribute("spring.event.transaction_phase", "BEFORE_COMMIT"),
				span("Listeners.synchronous").attribute("spring.event.type", Synchronous.class.getName())));
	}

	@Test
	void synchronousListenerThrowsAsItDid() throws Exception {
		useOther(Application.class, "--hindspan.task.event-spans=all");
		assertThatIllegalStateException().isThrownBy(() -> this.context.publishEvent(new FailingNow()))
			.withMessage("broken");
		assertThat(trace(1)).span("Listeners.failNow").hasStatus(StatusCode.ERROR).hasAttribute("outcome", "ERROR");
	}

	@Test
	void noListenerHasASpanWhereAsked() throws Exception {
		useOther(Application.class, "--hindspan.task.event-spans=none");
		this.traced.call("request", () -> {
			inTransaction(new Committed());
			return null;
		});
		assertThat(trace(2)).matchesTree(span("request").with(span("notify")));
	}

	@Test
	void wrongPropertyIsNamed() {
		assertThatThrownBy(() -> TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
				"--hindspan.task.event-spans=some"))
			.hasStackTraceContaining("hindspan.task.event-spans");
	}

	@Test
	void asynchronousListenerAfterTheCommitHasOneSpan() throws Exception {
		this.traced.call("request", () -> {
			inTransaction(new CommittedLater());
			return null;
		});
		assertThat(trace(2))
			.matchesTree(span("request").with(span("Listeners.afterCommitAsync").attribute("outcome", "SUCCESS")));
	}

	@Test
	void observedListenerHasOneSpan() throws Exception {
		this.traced.call("request", () -> {
			inTransaction(new ObservedEvent());
			return null;
		});
		assertThat(trace(2)).matchesTree(span("request").with(span("Listeners#observed")));
	}

	@Test
	void conditionThatDoesNotHoldMakesNoSpan() throws Exception {
		useOther(Application.class, "--hindspan.task.event-spans=all");
		this.traced.call("request", () -> {
			this.context.publishEvent(new Conditional(false));
			this.context.publishEvent(new Conditional(true));
			return null;
		});
		assertThat(trace(2)).matchesTree(span("request").with(span("Listeners.conditional")));
	}

	@Test
	void answerOfAListenerIsPublishedAsItWas() throws Exception {
		useOther(Application.class, "--hindspan.task.event-spans=all");
		this.traced.call("request", () -> {
			this.context.publishEvent(new Question());
			return null;
		});
		assertThat(trace(3))
			.matchesTree(span("request").with(span("Listeners.question"), span("Listeners.synchronous")));
	}

	@Test
	void listenersOnOtherThreadsHaveSpansInThePublishersTrace() throws Exception {
		useOther(WithExecutor.class);
		receiver.reset();
		this.traced.call("request", () -> {
			this.context.publishEvent(new Synchronous());
			return null;
		});
		RecordedTrace trace = receiver
			.awaitTrace((candidate) -> candidate.spans().stream().anyMatch((span) -> span.name().equals("request"))
					&& candidate.spans().size() == 2);
		assertThat(trace).matchesTree(span("request").with(span("Listeners.synchronous")));
	}

	private void inTransaction(Object event) {
		this.context.getBean(TransactionTemplate.class)
			.executeWithoutResult((status) -> this.context.publishEvent(event));
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() == spans);
	}

	record Committed() {

	}

	record CommittedLater() {

	}

	record BeforeCommit() {

	}

	record Failing() {

	}

	record FailingNow() {

	}

	record Synchronous() {

	}

	record Question() {

	}

	record ObservedEvent() {

	}

	record Conditional(boolean wanted) {

	}

	static class Listeners {

		private final ObservationRegistry registry;

		private final CompletableFuture<Seen> seen = new CompletableFuture<>();

		Listeners(ObservationRegistry registry) {
			this.registry = registry;
		}

		public CompletableFuture<Seen> seen() {
			return this.seen;
		}

		@TransactionalEventListener
		public void afterCommit(Committed event) {
			Observation.createNotStarted("notify", this.registry).observe(() -> {
			});
			this.seen.complete(Seen.here());
		}

		@Async
		@TransactionalEventListener
		public void afterCommitAsync(CommittedLater event) {
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		public void beforeCommit(BeforeCommit event) {
		}

		@TransactionalEventListener
		public void fail(Failing event) {
			throw new IllegalStateException("broken");
		}

		@EventListener
		public void failNow(FailingNow event) {
			throw new IllegalStateException("broken");
		}

		@EventListener
		public void synchronous(Synchronous event) {
		}

		@EventListener
		public Synchronous question(Question event) {
			return new Synchronous();
		}

		@Observed
		@TransactionalEventListener
		public void observed(ObservedEvent event) {
		}

		@EventListener(condition = "#event.wanted")
		public void conditional(Conditional event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@EnableTransactionManagement
	static class Application {

		@Bean
		Listeners listeners(ObservationRegistry registry) {
			return new Listeners(registry);
		}

		@Bean
		DataSourceTransactionManager transactionManager() {
			return new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:events"));
		}

		@Bean
		TransactionTemplate transactionTemplate(DataSourceTransactionManager transactionManager) {
			return new TransactionTemplate(transactionManager);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class WithExecutor {

		@Bean
		ApplicationEventMulticaster applicationEventMulticaster(BeanFactory beanFactory) {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster(beanFactory);
			multicaster.setTaskExecutor(new SimpleAsyncTaskExecutor());
			return multicaster;
		}

	}

}
