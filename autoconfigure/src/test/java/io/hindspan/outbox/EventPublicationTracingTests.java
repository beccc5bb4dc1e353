package io.hindspan.outbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.h2.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.modulith.events.core.DefaultEventPublicationRegistry;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the traces of events in Spring Modulith's publication registry.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventPublicationTracingTests {

	private static final String URL = "jdbc:h2:mem:publications;DB_CLOSE_DELAY=-1";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final JdbcTemplate jdbc = new JdbcTemplate(new SimpleDriverDataSource(new Driver(), URL));

	private ConfigurableApplicationContext context;

	@BeforeEach
	void reset() {
		this.jdbc.execute("drop all objects");
		Notifier.failing.set(true);
	}

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(String... arguments) {
		start(Application.class, arguments);
	}

	private void start(Class<?> application, String... arguments) {
		String[] all = { "--hindspan.test.technologies=modulith",
				"--spring.modulith.events.jdbc.schema-initialization.enabled=true",
				(arguments.length > 0) ? arguments[0] : "--hindspan.outbox.enabled=true" };
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, application, all);
	}

	private void publish() {
		ObservationRegistry observations = this.context.getBean(ObservationRegistry.class);
		TransactionTemplate transaction = new TransactionTemplate(
				this.context.getBean(PlatformTransactionManager.class));
		Observation.createNotStarted("request", observations)
			.observe(() -> transaction.executeWithoutResult((status) -> this.context.publishEvent(new TaskCreated(7))));
	}

	private void resubmit() {
		Notifier.failing.set(false);
		Observation.createNotStarted("resubmission", this.context.getBean(ObservationRegistry.class))
			.observe(() -> this.context.getBean(IncompleteEventPublications.class)
				.resubmitIncompletePublications((publication) -> true));
	}

	private RecordedTrace trace(String name) {
		return this.receiver.awaitTrace((trace) -> !trace.spans(name).isEmpty());
	}

	private List<?> incomplete() {
		return this.jdbc.queryForList("select * from event_publication where completion_date is null");
	}

	@Test
	void eventThatIsResubmittedGoesOnWithItsTrace(CapturedOutput output) {
		start();
		publish();
		RecordedSpan request = trace("request").span("request");
		assertThat(incomplete()).hasSize(1);
		resubmit();
		RecordedSpan resubmission = trace("resubmission").span("resubmission");
		RecordedTrace trace = this.receiver.awaitTrace(request.traceId(),
				(candidate) -> assertThat(candidate.spans("TaskCreated resubmit")).hasSize(1));
		RecordedSpan again = trace.span("TaskCreated resubmit");
		assertThat(again.parentSpanId()).isEqualTo(request.spanId());
		assertThat(again.links()).singleElement()
			.satisfies((link) -> assertThat(link.traceId()).isEqualTo(resubmission.traceId()));
		assertThat(trace.descendants(again)).extracting(RecordedSpan::name)
			.containsOnlyOnce("Notifier.on")
			.contains("UPDATE EVENT_PUBLICATION");
		assertThat(incomplete()).isEmpty();
		assertThat(output).containsOnlyOnce("ALTER TABLE EVENT_PUBLICATION ADD COLUMN TRACE_CONTEXT VARCHAR(255)");
	}

	@ParameterizedTest
	@ValueSource(classes = { Application.class, ApplicationWithTwoTemplates.class })
	void eventKeepsItsTraceOverARestart(Class<?> application) {
		start(application);
		this.context.close();
		this.jdbc.execute("alter table event_publication add column trace_context varchar(255)");
		start(application);
		publish();
		RecordedSpan request = trace("request").span("request");
		this.context.close();
		start(application);
		resubmit();
		RecordedTrace trace = this.receiver.awaitTrace(request.traceId(),
				(candidate) -> assertThat(candidate.spans("TaskCreated resubmit")).hasSize(1));
		assertThat(trace.span("TaskCreated resubmit").parentSpanId()).isEqualTo(request.spanId());
		assertThat(incomplete()).isEmpty();
	}

	@Test
	void eventOfAnotherProcessWithoutTheColumnIsResubmittedInTheTraceOfTheJob() {
		start();
		publish();
		this.context.close();
		start();
		resubmit();
		RecordedTrace trace = this.receiver.awaitTrace((candidate) -> !candidate.spans("resubmission").isEmpty()
				&& !candidate.spans("TaskCreated resubmit").isEmpty());
		assertThat(trace.span("TaskCreated resubmit").links()).isEmpty();
		assertThat(incomplete()).isEmpty();
	}

	@Test
	void registryKeepsItsTypeAndStartsWithoutSpans(CapturedOutput output) {
		start();
		this.receiver.awaitQuiet(Duration.ofMillis(200));
		assertThat(this.receiver.spans()).isEmpty();
		assertThat(this.context.getBean(DefaultEventPublicationRegistry.class)).isNotNull();
		// The table is looked at with the first event
		assertThat(output).doesNotContain("TRACE_CONTEXT");
	}

	@Test
	void lookAtTheTableMakesNoSpan() {
		start();
		publish();
		assertThat(trace("request").spans()).extracting(RecordedSpan::name)
			.contains("INSERT EVENT_PUBLICATION")
			.doesNotContain("SELECT EVENT_PUBLICATION");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--hindspan.outbox.enabled=false", "--hindspan.enabled=false",
			"--hindspan.outbox.enabled=true" })
	void eventsAreStoredAndResubmittedAsEver(String argument) {
		start(argument);
		publish();
		assertThat(incomplete()).hasSize(1);
		resubmit();
		assertThat(incomplete()).isEmpty();
		if (argument.endsWith("false")) {
			assertThat(this.context.getBeanNamesForType(EventPublicationRegistryPostProcessor.class)).isEmpty();
		}
	}

	record TaskCreated(long id) {

	}

	static class Notifier {

		static final AtomicBoolean failing = new AtomicBoolean();

		@TransactionalEventListener
		void on(TaskCreated event) {
			if (failing.get()) {
				throw new IllegalStateException("down");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@Import(Notifier.class)
	static class Application {

		@Bean
		DataSource dataSource() {
			return new SimpleDriverDataSource(new Driver(), URL);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class ApplicationWithTwoTemplates {

		@Bean
		JdbcTemplate jdbcTemplate(DataSource dataSource) {
			return new JdbcTemplate(dataSource);
		}

		@Bean
		JdbcTemplate reports() {
			return new JdbcTemplate(new SimpleDriverDataSource(new Driver(), "jdbc:h2:mem:reports"));
		}

	}

}
