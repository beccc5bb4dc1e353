package io.hindspan.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import io.hindspan.span.EntryPoint;
import io.hindspan.span.LocalRoot;
import io.hindspan.test.server.MariaDbServer;
import io.hindspan.test.server.PostgresServer;

/**
 * How often a driver can reuse the statement that it prepared on the server, with each
 * kind of SQL comment. Requests of several routes, a tenth of them sampled, send prepared
 * statements over one connection; most statements are sent by several routes.
 */
public final class StatementCacheComparison {

	private static final int REQUESTS = 4000;

	private static final int ROUTES = 25;

	private static final int STATEMENTS = 60;

	private static final int STATEMENTS_PER_REQUEST = 8;

	private static final int WARM_UP = 10;

	private static final PrintStream out = System.out;

	private StatementCacheComparison() {
	}

	public static void main(String[] args) {
		out.printf("%-12s %-34s %10s %10s %6s%n", "database", "comments", "executed", "prepared", "reuse");
		for (Database database : List.of(new Postgres(), new MariaDb())) {
			run(database, "off", "none", (sql) -> sql);
			run(database, "static", "static", (sql) -> sql);
			run(database, "sampled", "sampled", (sql) -> sql);
			run(database, "off", "trace id on all that are sampled",
					(sql) -> Span.current().getSpanContext().isSampled() ? withUniqueComment(sql) : sql);
			run(database, "off", "trace id on all", StatementCacheComparison::withUniqueComment);
		}
	}

	private static String withUniqueComment(String sql) {
		return sql + " /*traceparent='" + UUID.randomUUID() + "'*/";
	}

	private static void run(Database database, String mode, String label, Function<String, String> text) {
		List<String> properties = List.of("--management.tracing.sampling.probability=0.1",
				"--spring.datasource.url=" + database.url(), "--spring.datasource.username=" + database.username(),
				"--spring.datasource.password=" + database.password(), "--spring.datasource.hikari.maximum-pool-size=1",
				"--hindspan.jdbc.sql-comment=" + mode);
		try (ConfigurableApplicationContext context = TracedContext.start(properties)) {
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			ObservationRegistry observations = context.getBean(ObservationRegistry.class);
			requests(REQUESTS / WARM_UP, observations, jdbc, text);
			Counts before = database.counts(jdbc);
			requests(REQUESTS, observations, jdbc, text);
			Counts counts = database.counts(jdbc).since(before);
			out.printf(Locale.ROOT, "%-12s %-34s %10d %10d %5.1f%%%n", database.getClass().getSimpleName(), label,
					counts.executed, counts.prepared, 100 - 100.0 * counts.prepared / counts.executed);
		}
	}

	private static void requests(int count, ObservationRegistry observations, JdbcTemplate jdbc,
			Function<String, String> text) {
		for (int i = 0; i < count; i++) {
			int route = i % ROUTES;
			Observation.createNotStarted("request", observations).observe(() -> {
				LocalRoot.current().enteredAt(new EntryPoint("/boards/{id}/" + route, "Controller" + route));
				for (int j = 0; j < STATEMENTS_PER_REQUEST; j++) {
					int statement = (route * 2 + j) % STATEMENTS;
					jdbc.queryForObject(text.apply("select " + statement + " + ?"), Integer.class, j);
				}
			});
		}
	}

	/**
	 * What the driver asked of the server.
	 */
	private record Counts(long executed, long prepared) {

		Counts since(Counts before) {
			return new Counts(this.executed - before.executed, this.prepared - before.prepared);
		}

	}

	private interface Database {

		String url();

		String username();

		String password();

		Counts counts(JdbcTemplate jdbc);

	}

	private static final class Postgres implements Database {

		@Override
		public String url() {
			return PostgresServer.shared().jdbcUrl() + "?sslmode=disable&socketFactory="
					+ FrontendMessages.class.getName();
		}

		@Override
		public String username() {
			return PostgresServer.shared().username();
		}

		@Override
		public String password() {
			return PostgresServer.shared().password();
		}

		@Override
		public Counts counts(JdbcTemplate jdbc) {
			return new Counts(FrontendMessages.count('B'), FrontendMessages.count('P'));
		}

	}

	private static final class MariaDb implements Database {

		@Override
		public String url() {
			return "jdbc:mariadb://%s:%d/test?useServerPrepStmts=true&cachePrepStmts=true"
				.formatted(MariaDbServer.shared().host(), MariaDbServer.shared().port());
		}

		@Override
		public String username() {
			return MariaDbServer.shared().username();
		}

		@Override
		public String password() {
			return MariaDbServer.shared().password();
		}

		@Override
		public Counts counts(JdbcTemplate jdbc) {
			return new Counts(status(jdbc, "Com_stmt_execute"), status(jdbc, "Com_stmt_prepare"));
		}

		private long status(JdbcTemplate jdbc, String variable) {
			return jdbc.queryForObject("show session status like '" + variable + "'",
					(row, number) -> row.getLong("Value"));
		}

	}

}
