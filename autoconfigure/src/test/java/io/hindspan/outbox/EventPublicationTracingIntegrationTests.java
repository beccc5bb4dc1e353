package io.hindspan.outbox;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.MariaDbServer;
import io.hindspan.test.server.PostgresServer;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the traces of events in Spring Modulith's publication registry on real
 * servers.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventPublicationTracingIntegrationTests {

	/** Of their own, since the servers may be used by others. */
	private static final String SCHEMA = "outbox_tracing";

	@Nested
	class OnPostgres extends OnServer {

		OnPostgres() {
			super(PostgresServer.shared().jdbcUrl(), "?currentSchema=" + SCHEMA, PostgresServer.shared().username(),
					PostgresServer.shared().password());
		}

	}

	@Nested
	@EnabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")
	class OnMariaDb extends OnServer {

		OnMariaDb() {
			super("jdbc:mariadb://%s:%d/".formatted(MariaDbServer.shared().host(), MariaDbServer.shared().port()),
					SCHEMA, MariaDbServer.shared().username(), MariaDbServer.shared().password());
		}

	}

	abstract static class OnServer {

		private final OtlpReceiver receiver = OtlpReceiver.start();

		private final String[] properties;

		private final JdbcTemplate server;

		private final JdbcTemplate jdbc;

		private ConfigurableApplicationContext context;

		OnServer(String server, String schema, String username, String password) {
			this.properties = new String[] { "--hindspan.test.technologies=modulith",
					"--spring.modulith.events.jdbc.schema-initialization.enabled=true", "--test.url=" + server + schema,
					"--test.username=" + username, "--test.password=" + password };
			this.server = new JdbcTemplate(new DriverManagerDataSource(server, username, password));
			this.jdbc = new JdbcTemplate(new DriverManagerDataSource(server + schema, username, password));
		}

		@BeforeEach
		void createSchema() {
			dropSchema();
			this.server.execute("create schema " + SCHEMA);
			this.jdbc.execute("create table tasks (id bigint primary key)");
		}

		@AfterEach
		void stop() {
			this.context.close();
			this.receiver.close();
			dropSchema();
		}

		private void dropSchema() {
			boolean cascades = this.properties[2].contains("postgresql");
			this.server.execute("drop schema if exists " + SCHEMA + (cascades ? " cascade" : ""));
		}

		private void start() {
			this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class,
					this.properties);
		}

		private void addColumn(String type) {
			this.jdbc.execute("alter table EVENT_PUBLICATION add column trace_context " + type);
		}

		private void createTask(long id) {
			TransactionTemplate transaction = new TransactionTemplate(
					this.context.getBean(PlatformTransactionManager.class));
			JdbcTemplate jdbc = this.context.getBean(JdbcTemplate.class);
			observed("request " + id, () -> transaction.executeWithoutResult((status) -> {
				this.context.publishEvent(new TaskCreated(id));
				jdbc.update("insert into tasks (id) values (?)", id);
			}));
		}

		private void observed(String name, Runnable work) {
			Observation.createNotStarted(name, this.context.getBean(ObservationRegistry.class)).observe(work);
		}

		private RecordedTrace trace(String name) {
			return this.receiver.awaitTrace((trace) -> !trace.spans(name).isEmpty());
		}

		private List<Map<String, Object>> rows(String table) {
			return this.jdbc.queryForList("select * from " + table);
		}

		@Test
		void eventKeepsItsTraceOverARestart() {
			start();
			addColumn("varchar(255)");
			createTask(1);
			RecordedSpan request = trace("request 1").span("request 1");
			this.context.close();
			start();
			observed("resubmission", () -> this.context.getBean(IncompleteEventPublications.class)
				.resubmitIncompletePublications((publication) -> true));
			RecordedTrace trace = this.receiver.awaitTrace(request.traceId(),
					(candidate) -> assertThat(candidate.spans("TaskCreated resubmit")).hasSize(1));
			assertThat(trace.span("TaskCreated resubmit").parentSpanId()).isEqualTo(request.spanId());
		}

		@Test
		void applicationCommitsAlthoughTheContextCannotBeWritten(CapturedOutput output) {
			start();
			addColumn("varchar(255) check (trace_context = 'nothing')");
			createTask(1);
			createTask(2);
			assertThat(rows("tasks")).hasSize(2);
			assertThat(rows("EVENT_PUBLICATION")).hasSize(2)
				.allSatisfy((row) -> assertThat(row).containsEntry("trace_context", null));
			assertThat(trace("request 1").spans("UPDATE EVENT_PUBLICATION")).filteredOn(RecordedSpan::isError)
				.hasSize(1);
			assertThat(trace("request 2").spans("UPDATE EVENT_PUBLICATION")).noneMatch(RecordedSpan::isError);
			// PostgreSQL repeats the row in its message, and in the log of the embedded
			// server
			assertThat(output).containsOnlyOnce("column TRACE_CONTEXT of EVENT_PUBLICATION could not be used")
				.doesNotContain("Detail: Failing row");
		}

		@Test
		void applicationCommitsAlthoughTheTableCannotBeLookedAt(CapturedOutput output) {
			start();
			TransactionTemplate transaction = new TransactionTemplate(
					this.context.getBean(PlatformTransactionManager.class));
			JdbcTemplate jdbc = this.context.getBean(JdbcTemplate.class);
			TraceColumn column = this.context.getBean(TraceColumn.class);
			this.jdbc.execute("drop table EVENT_PUBLICATION");
			transaction.executeWithoutResult((status) -> {
				column.write(List.of(UUID.randomUUID()), "traceparent=x");
				jdbc.update("insert into tasks (id) values (3)");
			});
			assertThat(rows("tasks")).hasSize(1);
			assertThat(output).containsOnlyOnce("could not be looked at");
		}

	}

	record TaskCreated(long id) {

	}

	static class Notifier {

		@TransactionalEventListener
		void on(TaskCreated event) {
			throw new IllegalStateException("down");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@Import(Notifier.class)
	static class Application {

		@Bean
		DataSource dataSource(Environment environment) {
			return new DriverManagerDataSource(environment.getRequiredProperty("test.url"),
					environment.getRequiredProperty("test.username"), environment.getRequiredProperty("test.password"));
		}

	}

}
