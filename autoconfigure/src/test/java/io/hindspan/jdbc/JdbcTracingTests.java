package io.hindspan.jdbc;

import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for the statements of an application on H2.
 */
class JdbcTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static DataSource dataSource;

	private static JdbcTemplate jdbc;

	private static List<RecordedSpan> spansOfStart;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
				"--spring.autoconfigure.exclude=", "--spring.datasource.url=jdbc:h2:mem:jdbc-tracing",
				"--spring.jpa.hibernate.ddl-auto=create");
		dataSource = context.getBean(DataSource.class);
		jdbc = context.getBean(JdbcTemplate.class);
		traced(() -> {
		});
		spansOfStart = receiver.spans();
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		jdbc.update("delete from tasks");
		jdbc.update("insert into tasks (id, title) values (-1, 'first'), (-2, 'second'), (-3, 'third')");
		receiver.reset();
	}

	@Test
	void startingTheApplicationMakesNoSpans() {
		assertThat(spansOfStart).isNotEmpty().allMatch((span) -> span.name().equals("test"));
	}

	@Test
	void queryIsAClientSpanWithItsRows() {
		RecordedTrace trace = traced(() -> jdbc.queryForList("select id, title from tasks where id < ?", 0));
		RecordedSpan span = only(trace);
		assertThat(span).hasName("SELECT tasks")
			.hasKind(SpanKind.CLIENT)
			.hasStatus(StatusCode.UNSET)
			.hasScope("io.hindspan.jdbc")
			.isChildOf(trace.span("test"))
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("db.system.name", "h2database", "db.namespace", "jdbc-tracing",
					"db.operation.name", "SELECT", "db.collection.name", "tasks", "db.query.summary", "SELECT tasks",
					"db.query.text", "select id, title from tasks where id < ?", "db.response.returned_rows", 3L));
	}

	@Test
	void updateIsASpanWithTheRowsThatItChanged() {
		RecordedSpan span = only(traced(() -> jdbc.update("update tasks set title = 'secret' where id < -1")));
		assertThat(span).hasName("UPDATE tasks")
			.hasAttribute("db.query.text", "update tasks set title = ? where id < ?")
			.hasAttribute("hindspan.db.affected_rows", 2L)
			.hasNoAttribute("db.response.returned_rows");
	}

	@Test
	void jpaIsASpanForEachStatement() {
		EntityManager entityManager = SharedEntityManagerCreator
			.createSharedEntityManager(context.getBean(jakarta.persistence.EntityManagerFactory.class));
		TransactionTemplate transaction = new TransactionTemplate(
				context.getBean(org.springframework.transaction.PlatformTransactionManager.class));
		RecordedTrace trace = traced(() -> transaction.executeWithoutResult((status) -> {
			Task task = new Task();
			task.title = "from JPA";
			entityManager.persist(task);
			entityManager.flush();
			entityManager.clear();
			List<Task> found = entityManager.createQuery("from Task t where t.title = :title", Task.class)
				.setParameter("title", "from JPA")
				.getResultList();
			found.get(0).title = "changed";
			entityManager.flush();
			entityManager.remove(found.get(0));
		}));
		assertThat(statements(trace)).extracting(RecordedSpan::name)
			.containsExactly("INSERT tasks", "SELECT tasks", "UPDATE tasks", "DELETE tasks");
		assertThat(trace.span("SELECT tasks")).hasAttribute("db.response.returned_rows", 1L);
	}

	@Test
	void batchIsOneSpan() {
		RecordedSpan span = only(traced(() -> jdbc.batchUpdate("insert into tasks (id, title) values (?, ?)",
				List.of(new Object[] { 1, "a" }, new Object[] { 2, "b" }, new Object[] { 3, "c" }))));
		assertThat(span).hasName("BATCH INSERT tasks")
			.hasAttribute("db.operation.name", "BATCH INSERT")
			.hasAttribute("db.operation.batch.size", 3L)
			.hasAttribute("db.collection.name", "tasks")
			.hasAttribute("db.query.summary", "BATCH INSERT tasks")
			.hasAttribute("hindspan.db.affected_rows", 3L);
	}

	@Test
	void batchOfOneIsNoBatch() {
		RecordedSpan span = only(traced(() -> jdbc.batchUpdate("insert into tasks (id, title) values (?, ?)",
				List.<Object[]>of(new Object[] { 1, "a" }))));
		assertThat(span).hasName("INSERT tasks").hasNoAttribute("db.operation.batch.size");
	}

	@Test
	void batchOfTextsTellsWhatTheyHaveInCommon() {
		RecordedTrace trace = traced(() -> {
			jdbc.batchUpdate("insert into tasks (id, title) values (1, 'a')",
					"insert into tasks (id, title) values (2, 'b')");
			jdbc.batchUpdate("update tasks set title = 'x'", "delete from tasks");
		});
		assertThat(statements(trace)).extracting(RecordedSpan::name).containsExactly("BATCH INSERT tasks", "BATCH");
		assertThat(trace.span("BATCH")).hasAttribute("db.operation.batch.size", 2L)
			.hasAttribute("hindspan.db.affected_rows", 10L)
			.hasNoAttribute("db.collection.name", "db.query.text");
	}

	@Test
	void failedBatchIsAnError() {
		RecordedTrace trace = tracedFailure(BatchUpdateException.class, () -> {
			try (Connection connection = dataSource.getConnection();
					PreparedStatement statement = connection
						.prepareStatement("insert into tasks (id, title) values (?, 'x')")) {
				for (int id : new int[] { 1, -1 }) {
					statement.setInt(1, id);
					statement.addBatch();
				}
				statement.executeBatch();
			}
		});
		assertThat(only(trace)).hasName("BATCH INSERT tasks")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("db.response.status_code", "23505");
	}

	@Test
	void procedureCallIsASpan() throws SQLException {
		jdbc.execute("create alias if not exists next_number for \"java.lang.Math.incrementExact(int)\"");
		RecordedSpan span = only(traced(() -> {
			try (Connection connection = dataSource.getConnection();
					CallableStatement call = connection.prepareCall("{? = call next_number(?)}")) {
				call.registerOutParameter(1, java.sql.Types.INTEGER);
				call.setInt(2, 41);
				call.execute();
				assertThat(call.getInt(1)).isEqualTo(42);
			}
		}));
		assertThat(span).hasName("CALL next_number")
			.hasAttribute("db.stored_procedure.name", "next_number")
			.hasNoAttribute("db.collection.name");
	}

	@Test
	void generatedKeysAreReadWithoutASpan() {
		GeneratedKeyHolder keys = new GeneratedKeyHolder();
		RecordedSpan span = only(traced(() -> jdbc.update((connection) -> connection
			.prepareStatement("insert into tasks (title) values ('x')", Statement.RETURN_GENERATED_KEYS), keys)));
		assertThat(keys.getKeys()).isNotEmpty();
		assertThat(span).hasName("INSERT tasks").hasAttribute("hindspan.db.affected_rows", 1L);
	}

	@Test
	void resultSetThatIsClosedEarlyHasTheRowsThatWereRead() {
		RecordedSpan span = only(traced(() -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("select * from tasks")) {
				rows.next();
				rows.next();
			}
		}));
		assertThat(span).hasAttribute("db.response.returned_rows", 2L);
	}

	@Test
	void streamIsCountedWhenItIsRead() {
		RecordedSpan span = only(traced(() -> {
			try (Stream<String> titles = jdbc.queryForStream("select title from tasks",
					(row, number) -> row.getString(1))) {
				assertThat(titles).hasSize(3);
			}
		}));
		assertThat(span).hasAttribute("db.response.returned_rows", 3L);
	}

	@Test
	void resultSetThatIsNeverClosedEndsWithItsConnection() {
		RecordedSpan span = only(traced(() -> {
			Connection connection = dataSource.getConnection();
			connection.createStatement().executeQuery("select * from tasks").next();
			connection.close();
		}));
		assertThat(span).hasAttribute("db.response.returned_rows", 1L);
	}

	@Test
	void resultSetThatIsNeverClosedEndsWithTheNextExecution() {
		RecordedTrace trace = traced(() -> {
			try (Connection connection = dataSource.getConnection();
					PreparedStatement statement = connection.prepareStatement("select * from tasks")) {
				statement.executeQuery().next();
				statement.executeQuery();
			}
		});
		assertThat(statements(trace)).extracting((span) -> span.attribute("db.response.returned_rows"))
			.containsExactly(1L, 0L);
	}

	@Test
	void connectionThatIsNeverClosedKeepsABoundedNumberOfSpans() throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			RecordedTrace trace = traced(() -> {
				for (int i = 0; i < TracedConnection.MAX_WAITING + 5; i++) {
					connection.createStatement().executeQuery("select * from tasks");
				}
			});
			assertThat(statements(trace)).hasSize(5);
		}
	}

	@Test
	void spanLastsAsLongAsTheExecutionAndNotAsTheReading() {
		RecordedTrace trace = traced(() -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("select * from tasks")) {
				Span between = tracer().spanBuilder("between").startSpan();
				while (rows.next()) {
					rows.getString(1);
				}
				between.end();
			}
		});
		assertThat(trace.span("SELECT tasks").endNanos()).isLessThanOrEqualTo(trace.span("between").startNanos());
		assertThat(trace.span("SELECT tasks").startNanos()).isGreaterThanOrEqualTo(trace.span("test").startNanos())
			.isLessThan(trace.span("SELECT tasks").endNanos());
	}

	@Test
	void anyExecutionHasItsRows() {
		RecordedTrace trace = traced(() -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				assertThat(statement.execute("select * from tasks")).isTrue();
				ResultSet rows = statement.getResultSet();
				assertThat(rows.getStatement()).isSameAs(statement);
				while (rows.next()) {
					rows.getInt(1);
				}
				assertThat(statement.execute("delete from tasks where id = -1")).isFalse();
				assertThat(statement.getUpdateCount()).isEqualTo(1);
				assertThat(statement.execute("create table if not exists other (id int)")).isFalse();
			}
		});
		assertThat(statements(trace)).extracting(RecordedSpan::name)
			.containsExactly("SELECT tasks", "DELETE tasks", "CREATE TABLE other");
		assertThat(trace.span("SELECT tasks")).hasAttribute("db.response.returned_rows", 3L);
		assertThat(trace.span("DELETE tasks")).hasAttribute("hindspan.db.affected_rows", 1L);
		assertThat(trace.span("CREATE TABLE other")).hasNoAttribute("hindspan.db.affected_rows",
				"db.response.returned_rows");
	}

	@Test
	void scrollingCountsRowsOnce() {
		RecordedSpan span = only(traced(() -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE,
							ResultSet.CONCUR_READ_ONLY);
					ResultSet rows = statement.executeQuery("select * from tasks")) {
				rows.last();
				rows.first();
				rows.absolute(2);
				rows.previous();
				rows.relative(1);
			}
		}));
		assertThat(span).hasAttribute("db.response.returned_rows", 3L);
	}

	@Test
	void errorIsToldOnceAndThrownOnUnchanged() {
		RecordedTrace trace = tracedFailure(DataIntegrityViolationException.class,
				() -> jdbc.update("insert into tasks (id, title) values (?, ?)", -1, "again"));
		assertThat(only(trace)).hasName("INSERT tasks")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "org.h2.jdbc.JdbcSQLIntegrityConstraintViolationException")
			.hasAttribute("db.response.status_code", "23505")
			.hasEvent("exception");
	}

	@Test
	void statementThatTheDatabaseRefusesToPrepareIsAnError() {
		RecordedTrace trace = tracedFailure(SQLException.class, () -> {
			try (Connection connection = dataSource.getConnection()) {
				connection.prepareStatement("select * from missing");
			}
		});
		assertThat(only(trace)).hasName("SELECT missing").hasStatus(StatusCode.ERROR);
	}

	@Test
	void tracingChangesNoResultsAndNoExceptions() throws SQLException {
		try (Connection traced = dataSource.getConnection();
				Connection plain = DriverManager.getConnection("jdbc:h2:mem:jdbc-tracing", "sa", "")) {
			for (String sql : List.of("select * from tasks order by id", "select * from missing", "nonsense")) {
				assertThat(outcome(traced, sql).replace(" /*application='tasks'*/", ""))
					.as("but for the text that was sent")
					.isEqualTo(outcome(plain, sql));
			}
		}
	}

	private static String outcome(Connection connection, String sql) {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			StringBuilder result = new StringBuilder();
			int columns = rows.getMetaData().getColumnCount();
			while (rows.next()) {
				for (int i = 1; i <= columns; i++) {
					result.append(rows.getString(i)).append(rows.getObject(i)).append(rows.wasNull());
				}
			}
			return result.toString();
		}
		catch (SQLException ex) {
			return ex.getClass() + ex.getMessage() + ex.getSQLState() + ex.getErrorCode();
		}
	}

	@Test
	void unwrapGoesThrough() throws SQLException {
		try (Connection connection = dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement("select * from tasks");
				ResultSet rows = statement.executeQuery()) {
			assertThat(connection.isWrapperFor(JdbcConnection.class)).isTrue();
			assertThat(connection.unwrap(JdbcConnection.class)).isInstanceOf(JdbcConnection.class);
			assertThat(connection.unwrap(Connection.class)).isNotInstanceOf(TracedConnection.class);
			assertThat(connection.isWrapperFor(String.class)).isFalse();
			assertThatThrownBy(() -> connection.unwrap(String.class)).isInstanceOf(SQLException.class);
			assertThat(statement.unwrap(org.h2.jdbc.JdbcPreparedStatement.class)).isNotNull();
			assertThat(rows.unwrap(org.h2.jdbc.JdbcResultSet.class)).isNotNull();
			assertThat(statement.getConnection()).isSameAs(connection);
			assertThat(connection.toString()).isEqualTo(((TracedConnection) connection).delegate().toString());
			assertThat(statement.toString()).isEqualTo(((TracedStatement<?>) statement).delegate().toString());
		}
	}

	@Test
	void statementIsCancelledFromAnotherThread() {
		jdbc.execute("create alias await_cancel for '" + Cancellation.class.getName() + ".await'");
		RecordedTrace trace = tracedFailure(SQLException.class, () -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				Thread canceller = new Thread(() -> Cancellation.cancel(statement));
				canceller.start();
				try {
					statement.executeQuery("select await_cancel(x) from system_range(1, 100000)");
				}
				finally {
					canceller.join();
				}
			}
		});
		assertThat(only(trace)).hasName("SELECT").hasStatus(StatusCode.ERROR);
	}

	@Test
	void idsInTextsStayOutOfTheSpan() {
		RecordedTrace trace = traced(() -> IntStream.range(0, 100)
			.forEach((id) -> jdbc.queryForList("select title from tasks where id = " + id + " or title = 'secret'")));
		assertThat(statements(trace)).hasSize(100)
			.allSatisfy((span) -> assertThat(span).hasName("SELECT tasks")
				.hasAttribute("db.query.text", "select title from tasks where id = ? or title = ?"));
	}

	@Test
	void statementOutsideATraceIsATrace() {
		jdbc.queryForList("select title as outside from tasks");
		RecordedSpan span = receiver.awaitSpan(
				(candidate) -> "select title as outside from tasks".equals(candidate.attribute("db.query.text")));
		assertThat(span).hasName("SELECT tasks").isRoot();
	}

	@Test
	void nothingIsMadeUnderASpanThatIsNotSampled() throws SQLException {
		try (Connection connection = dataSource.getConnection();
				Statement statement = connection.createStatement();
				Scope scope = Span
					.wrap(io.opentelemetry.api.trace.SpanContext.create("0af7651916cd43dd8448eb211c80319c",
							"b7ad6b7169203331", io.opentelemetry.api.trace.TraceFlags.getDefault(),
							io.opentelemetry.api.trace.TraceState.getDefault()))
					.makeCurrent()) {
			ResultSet rows = statement.executeQuery("select * from tasks");
			assertThat(rows).isNotInstanceOf(TracedResultSet.class);
		}
		traced(() -> jdbc.queryForList("select 1"));
		assertThat(receiver.spans()).noneMatch((span) -> span.traceId().equals("0af7651916cd43dd8448eb211c80319c"));
	}

	private static RecordedSpan only(RecordedTrace trace) {
		assertThat(statements(trace)).as("%s", trace).hasSize(1);
		return statements(trace).get(0);
	}

	private static List<RecordedSpan> statements(RecordedTrace trace) {
		return trace.spans((span) -> span.scope().name().equals(StatementTracer.INSTRUMENTATION_SCOPE));
	}

	private static RecordedTrace tracedFailure(Class<? extends Throwable> type, ThrowingCallable work) {
		return traced(() -> {
			Throwable thrown = catchThrowable(work);
			assertThat(thrown).isInstanceOf(type);
		});
	}

	private static RecordedTrace traced(ThrowingCallable work) {
		Span span = tracer().spanBuilder("test").startSpan();
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
		return receiver.awaitTrace((trace) -> trace.traceId().equals(traceId) && !trace.spans("test").isEmpty());
	}

	private static io.opentelemetry.api.trace.Tracer tracer() {
		return context.getBean(OpenTelemetry.class).getTracer("test");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Task.class)
	static class Application {

	}

	/**
	 * A function of the database that keeps a statement running until it is cancelled.
	 */
	public static final class Cancellation {

		private static final CountDownLatch running = new CountDownLatch(1);

		private static final CountDownLatch cancelled = new CountDownLatch(1);

		private Cancellation() {
		}

		public static long await(long row) throws InterruptedException {
			running.countDown();
			if (!cancelled.await(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nobody cancelled the statement");
			}
			return row;
		}

		static void cancel(Statement statement) {
			try {
				if (running.await(30, TimeUnit.SECONDS)) {
					statement.cancel();
				}
			}
			catch (InterruptedException | SQLException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				cancelled.countDown();
			}
		}

	}

	@Entity(name = "Task")
	@Table(name = "tasks")
	static class Task {

		@Id
		@GeneratedValue(strategy = GenerationType.IDENTITY)
		private Long id;

		private String title;

	}

}
