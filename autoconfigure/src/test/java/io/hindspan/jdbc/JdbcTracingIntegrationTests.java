package io.hindspan.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.postgresql.PGConnection;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcCall;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.MariaDbServer;
import io.hindspan.test.server.PostgresServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/**
 * Tests for the statements of an application on real servers.
 */
class JdbcTracingIntegrationTests {

	/** Of their own, since the servers may be used by others. */
	private static final String SCHEMA = "jdbc_tracing";

	private static String mariaDbUrl(String driver) {
		return "jdbc:%s://%s:%d/%s?createDatabaseIfNotExist=true".formatted(driver, MariaDbServer.shared().host(),
				MariaDbServer.shared().port(), SCHEMA);
	}

	@Nested
	class OnPostgres extends OnServer {

		OnPostgres() {
			super("postgresql",
					PostgresServer.shared().jdbcUrl() + "?reWriteBatchedInserts=true&currentSchema=" + SCHEMA,
					PostgresServer.shared().username(), PostgresServer.shared().password(),
					PostgresServer.shared().port(), "23505");
		}

		@Override
		String namespace() {
			return "test";
		}

		@Override
		void prepare() throws SQLException {
			try (Connection connection = DriverManager.getConnection(PostgresServer.shared().jdbcUrl(),
					PostgresServer.shared().username(), PostgresServer.shared().password());
					Statement statement = connection.createStatement()) {
				statement.execute("create schema if not exists " + SCHEMA);
			}
		}

		@Override
		String withoutStatementCache() {
			return "&preparedStatementCacheQueries=0";
		}

		@Override
		String statementOfThisConnection() {
			return "select query from pg_stat_activity where pid = pg_backend_pid()";
		}

		@Override
		void createFunction() {
			this.jdbc.execute("create or replace function count_tasks(prefix text) returns bigint language sql as "
					+ "$$ select count(*) from tasks where title like prefix || '%' $$");
		}

		@Test
		void unwrapGoesThrough() throws SQLException {
			try (Connection connection = this.dataSource.getConnection()) {
				assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
			}
		}

		@Test
		void statementThatTakesTooLongIsAnError() {
			RecordedTrace trace = traced(() -> assertThatThrownBy(() -> {
				try (Connection connection = this.dataSource.getConnection();
						Statement statement = connection.createStatement()) {
					statement.setQueryTimeout(1);
					statement.executeQuery("select pg_sleep(30)");
				}
			}).isInstanceOf(SQLException.class));
			assertThat(only(trace)).hasName("SELECT")
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("db.response.status_code", "57014");
		}

		@Test
		void rowsFetchedInPortionsAreCounted() {
			RecordedTrace trace = traced(() -> {
				try (Connection connection = this.dataSource.getConnection();
						Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.setFetchSize(10);
					try (ResultSet rows = statement.executeQuery("select * from generate_series(1, 95)")) {
						while (rows.next()) {
							rows.getInt(1);
						}
					}
					connection.rollback();
				}
			});
			assertThat(only(trace)).hasName("SELECT").hasAttribute("db.response.returned_rows", 95L);
		}

		@Test
		void rowThatCannotBeFetchedIsAnErrorOfItsStatement() {
			RecordedTrace trace = traced(() -> assertThatThrownBy(() -> {
				try (Connection connection = this.dataSource.getConnection();
						Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.setFetchSize(10);
					ResultSet rows = statement.executeQuery("select 1 / (50 - n) from generate_series(1, 95) n");
					while (rows.next()) {
						rows.getInt(1);
					}
				}
			}).isInstanceOf(SQLException.class));
			assertThat(only(trace)).hasStatus(StatusCode.ERROR)
				.hasAttribute("db.response.status_code", "22012")
				.hasAttribute("db.response.returned_rows", 40L);
		}

	}

	@Nested
	@EnabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")
	class OnMariaDb extends OnServer {

		OnMariaDb() {
			super("mariadb", mariaDbUrl("mariadb"), MariaDbServer.shared().username(),
					MariaDbServer.shared().password(), MariaDbServer.shared().port(), "1062");
		}

		@Override
		String withoutStatementCache() {
			return "&cachePrepStmts=false";
		}

		@Override
		String statementOfThisConnection() {
			return "select info from information_schema.processlist where id = connection_id()";
		}

		@Override
		void createFunction() {
			this.jdbc.execute("drop function if exists count_tasks");
			this.jdbc.execute("create function count_tasks(prefix text) returns bigint reads sql data "
					+ "return (select count(*) from tasks where title like concat(prefix, '%'))");
		}

	}

	@Nested
	@EnabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")
	class OnMariaDbByMySqlDriver extends OnServer {

		OnMariaDbByMySqlDriver() {
			super("mysql", mariaDbUrl("mysql"), MariaDbServer.shared().username(), MariaDbServer.shared().password(),
					MariaDbServer.shared().port(), "1062");
		}

		@Override
		String withoutStatementCache() {
			return "&cachePrepStmts=false";
		}

		@Override
		String statementOfThisConnection() {
			return "select info from information_schema.processlist where id = connection_id()";
		}

		@Override
		void createFunction() {
			this.jdbc.execute("drop function if exists count_tasks");
			this.jdbc.execute("create function count_tasks(prefix text) returns bigint reads sql data "
					+ "return (select count(*) from tasks where title like concat(prefix, '%'))");
		}

	}

	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	abstract static class OnServer {

		private final String system;

		private final String[] properties;

		private final long port;

		private final String duplicateKey;

		private OtlpReceiver receiver;

		private ConfigurableApplicationContext context;

		DataSource dataSource;

		JdbcTemplate jdbc;

		OnServer(String system, String url, String username, String password, int port, String duplicateKey) {
			this.system = system;
			this.properties = new String[] { "--spring.autoconfigure.exclude=", "--spring.datasource.url=" + url,
					"--spring.datasource.username=" + username, "--spring.datasource.password=" + password,
					"--spring.jpa.hibernate.ddl-auto=create" };
			this.port = port;
			this.duplicateKey = duplicateKey;
		}

		abstract void createFunction();

		abstract String statementOfThisConnection();

		abstract String withoutStatementCache();

		String namespace() {
			return SCHEMA;
		}

		void prepare() throws SQLException {
		}

		@BeforeAll
		void start() throws SQLException {
			prepare();
			this.receiver = OtlpReceiver.start();
			this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE,
					SlicesTests.Application.class, this.properties);
			this.dataSource = this.context.getBean(DataSource.class);
			this.jdbc = this.context.getBean(JdbcTemplate.class);
		}

		@AfterAll
		void stop() {
			this.context.close();
			this.receiver.close();
		}

		@BeforeEach
		void reset() {
			this.jdbc.update("delete from tasks");
			this.jdbc.update("insert into tasks (id, title) values (1001, 'first'), (1002, 'second'), (1003, 'third')");
			this.receiver.reset();
		}

		@Test
		void statementTellsItsServer() {
			RecordedTrace trace = traced(() -> this.jdbc.queryForList("select id, title from tasks where id > ?", 0));
			assertThat(only(trace)).hasName("SELECT tasks")
				.hasKind(SpanKind.CLIENT)
				.hasStatus(StatusCode.UNSET)
				.hasAttribute("db.system.name", this.system)
				.hasAttribute("db.namespace", namespace())
				.hasAttribute("server.address", "127.0.0.1")
				.hasAttribute("server.port", this.port)
				.hasAttribute("db.response.returned_rows", 3L);
		}

		@Test
		void serverIsToldWhoSendsAStatement() {
			RecordedTrace trace = traced(() -> {
				for (int i = 0; i < 10; i++) {
					// Often enough to be prepared on the server
					assertThat(this.jdbc.queryForList(statementOfThisConnection() + " and 1 = ?", String.class, 1))
						.singleElement(as(STRING))
						.endsWith(" /*application='tasks'*/");
				}
			});
			assertThat(statements(trace)).extracting((span) -> span.attribute("db.query.text"))
				.allSatisfy((text) -> assertThat(text).asString().endsWith("= ?"));
		}

		@Test
		void serverIsToldTheTraceOfSampledStatements() {
			String[] properties = this.properties.clone();
			properties[1] += withoutStatementCache();
			properties[properties.length - 1] = "--hindspan.jdbc.sql-comment=sampled";
			try (ConfigurableApplicationContext sampled = TracedApplication.start(this.receiver,
					WebApplicationType.NONE, SlicesTests.Application.class, properties)) {
				JdbcTemplate jdbc = sampled.getBean(JdbcTemplate.class);
				List<String> sent = new ArrayList<>();
				RecordedTrace trace = traced(sampled, () -> {
					sent.add(jdbc.queryForObject(statementOfThisConnection() + " and 1 = ?", String.class, 1));
					sent.add(jdbc.queryForObject(statementOfThisConnection(), String.class));
				});
				List<RecordedSpan> spans = statements(trace);
				assertThat(sent.get(0)).as("prepared by the span above the statement's")
					.endsWith(traceparent(trace.parent(spans.get(0)).orElseThrow()));
				assertThat(sent.get(1)).endsWith(traceparent(spans.get(1)));
			}
		}

		@Test
		void waitForAConnectionIsASpan() {
			String[] properties = this.properties.clone();
			properties[properties.length - 1] = "--hindspan.jdbc.acquire-threshold=0";
			try (ConfigurableApplicationContext waiting = TracedApplication.start(this.receiver,
					WebApplicationType.NONE, SlicesTests.Application.class, properties)) {
				DataSource pool = waiting.getBean(DataSource.class);
				RecordedTrace trace = traced(waiting, () -> {
					try (Connection connection = pool.getConnection()) {
						assertThat(connection.isValid(5)).isTrue();
					}
				});
				assertThat(trace).matchesTree(span("test").with(span("db.connection.acquire")));
				assertThat(trace).span("db.connection.acquire")
					.hasKind(SpanKind.INTERNAL)
					.hasAttribute("db.client.connection.pool.name")
					.hasAttribute("hindspan.db.pool.active", 1L)
					.hasAttribute("hindspan.db.pool.max", 10L)
					.hasAttribute("hindspan.db.pool.idle")
					.hasAttribute("hindspan.db.pool.waiting", 0L);
			}
		}

		private static String traceparent(RecordedSpan span) {
			return " /*application='tasks',traceparent='00-" + span.traceId() + '-' + span.spanId() + "-03'*/";
		}

		@Test
		void jpaIsASpanForEachStatement() {
			EntityManager entityManager = SharedEntityManagerCreator
				.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
			TransactionTemplate transaction = new TransactionTemplate(
					this.context.getBean(PlatformTransactionManager.class));
			RecordedTrace trace = traced(() -> transaction.executeWithoutResult((status) -> {
				JdbcTracingTests.Task task = new JdbcTracingTests.Task();
				entityManager.persist(task);
				entityManager.flush();
				entityManager.clear();
				List<JdbcTracingTests.Task> found = entityManager
					.createQuery("from Task t where t.title is null", JdbcTracingTests.Task.class)
					.getResultList();
				entityManager.remove(found.get(0));
			}));
			assertThat(statements(trace)).extracting(RecordedSpan::name)
				.containsExactly("INSERT tasks", "SELECT tasks", "DELETE tasks");
		}

		@Test
		void templateIsASpanForEachStatement() {
			GeneratedKeyHolder keys = new GeneratedKeyHolder();
			RecordedTrace trace = traced(() -> {
				this.jdbc.update("update tasks set title = ? where id > ?", "changed", 1001);
				this.jdbc.batchUpdate("insert into tasks (id, title) values (?, ?)",
						List.of(new Object[] { 2001, "a" }, new Object[] { 2002, "b" }));
				this.jdbc.update((connection) -> connection
					.prepareStatement("insert into tasks (title) values ('secret')", Statement.RETURN_GENERATED_KEYS),
						keys);
				try (Stream<String> titles = this.jdbc.queryForStream("select title from tasks",
						(row, number) -> row.getString(1))) {
					assertThat(titles).hasSize(6);
				}
			});
			assertThat(keys.getKeyList()).hasSize(1);
			assertThat(statements(trace)).extracting(RecordedSpan::name)
				.containsExactly("UPDATE tasks", "BATCH INSERT tasks", "INSERT tasks", "SELECT tasks");
			assertThat(trace.span("UPDATE tasks")).hasAttribute("hindspan.db.affected_rows", 2L);
			assertThat(trace.span("BATCH INSERT tasks")).hasAttribute("db.operation.batch.size", 2L);
			assertThat(trace.span("INSERT tasks")).hasAttribute("db.query.text",
					"insert into tasks (title) values (?)");
			assertThat(trace.span("SELECT tasks")).hasAttribute("db.response.returned_rows", 6L);
		}

		@Test
		void functionCallIsASpan() {
			createFunction();
			RecordedTrace trace = traced(() -> assertThat(new SimpleJdbcCall(this.jdbc)
				.withoutProcedureColumnMetaDataAccess()
				.withFunctionName("count_tasks")
				.declareParameters(new org.springframework.jdbc.core.SqlOutParameter("result", java.sql.Types.BIGINT),
						new org.springframework.jdbc.core.SqlParameter("prefix", java.sql.Types.VARCHAR))
				.executeFunction(Long.class, "f")).isEqualTo(1));
			assertThat(only(trace)).hasName("CALL count_tasks").hasAttribute("db.stored_procedure.name", "count_tasks");
		}

		@Test
		void duplicateKeyIsAnError() {
			RecordedTrace trace = traced(() -> assertThatExceptionOfType(DuplicateKeyException.class)
				.isThrownBy(() -> this.jdbc.update("insert into tasks (id, title) values (?, ?)", 1001, "again")));
			assertThat(only(trace)).hasName("INSERT tasks")
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("db.response.status_code", this.duplicateKey)
				.hasAttribute("error.type")
				.hasEvent("exception");
		}

		RecordedSpan only(RecordedTrace trace) {
			assertThat(statements(trace)).as("%s", trace).hasSize(1);
			return statements(trace).get(0);
		}

		List<RecordedSpan> statements(RecordedTrace trace) {
			return trace.spans((span) -> span.scope().name().equals(StatementTracer.INSTRUMENTATION_SCOPE));
		}

		RecordedTrace traced(ThrowingCallable work) {
			return traced(this.context, work);
		}

		private RecordedTrace traced(ApplicationContext context, ThrowingCallable work) {
			Span span = context.getBean(OpenTelemetry.class).getTracer("test").spanBuilder("test").startSpan();
			try (Scope scope = span.makeCurrent()) {
				work.call();
			}
			catch (Throwable ex) {
				throw new AssertionError(ex);
			}
			finally {
				span.end();
			}
			String traceId = span.getSpanContext().getTraceId();
			return this.receiver
				.awaitTrace((trace) -> trace.traceId().equals(traceId) && !trace.spans("test").isEmpty());
		}

	}

}
