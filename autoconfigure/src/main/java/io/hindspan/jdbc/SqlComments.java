package io.hindspan.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.span.EntryPoint;
import io.hindspan.span.LocalRoot;
import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatement;

/**
 * Writes the comments at the end of statements that tell the database who sent them. A
 * statement has the same text each time that the same code sends it, unless it carries a
 * {@code traceparent}; so that is kept from statements which the driver or the database
 * keeps for their text. Only statements that read or change rows have a comment: that of
 * a view or a procedure would become part of it. Thread-safe.
 *
 * @see <a href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</a>
 */
final class SqlComments {

	static final int MAX_STATEMENTS = 2000;

	/** In how many ways a statement that many routes send is told apart by them. */
	static final int MAX_ENTRY_POINTS_PER_STATEMENT = 4;

	private static final int MAX_ENTRY_POINTS = 1000;

	private static final int MAX_VALUE_LENGTH = 200;

	private static final int MAX_LENGTH = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(SqlComments.class);

	private static final Set<String> OPERATIONS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");

	/** Those that are known to read over a comment at the end. */
	private static final Set<DatabaseSystem> SYSTEMS = EnumSet.of(DatabaseSystem.POSTGRESQL, DatabaseSystem.MYSQL,
			DatabaseSystem.MARIADB, DatabaseSystem.H2, DatabaseSystem.HSQLDB, DatabaseSystem.DERBY,
			DatabaseSystem.SQLITE, DatabaseSystem.ORACLE, DatabaseSystem.SQL_SERVER, DatabaseSystem.DB2);

	private final SqlComment mode;

	private final String application;

	private final Map<EntryPoint, String> entryPoints = new ConcurrentHashMap<>();

	private final Map<String, Texts> texts = new ConcurrentHashMap<>();

	private final Set<DatabaseSystem> explained = ConcurrentHashMap.newKeySet();

	SqlComments(SqlComment mode, @Nullable String application) {
		this.mode = mode;
		this.application = keyValue("application", application);
	}

	/**
	 * Whether there are any comments.
	 */
	boolean areWritten() {
		return this.mode != SqlComment.OFF;
	}

	/**
	 * The text to prepare.
	 * @param sql the application's text
	 * @param statement what it does
	 * @param database the database
	 * @param current the span that prepares it
	 */
	String prepare(String sql, SqlStatement statement, Database database, SpanContext current) {
		boolean reused = database.reuse() != StatementReuse.NONE;
		if (reused && this.mode == SqlComment.SAMPLED && current.isSampled()) {
			explain(database.system());
		}
		return comment(sql, statement, database, reused ? null : current);
	}

	/**
	 * The text to execute.
	 * @param sql the application's text
	 * @param statement what it does
	 * @param database the database
	 * @param span the span of this execution
	 */
	String execute(String sql, SqlStatement statement, Database database, SpanContext span) {
		return comment(sql, statement, database, (database.reuse() != StatementReuse.ALL) ? span : null);
	}

	private String comment(String sql, SqlStatement statement, Database database, @Nullable SpanContext span) {
		if (this.mode == SqlComment.OFF || !canCarry(sql, statement, database)) {
			return sql;
		}
		String entryPoint = entryPoint();
		if (span != null && this.mode == SqlComment.SAMPLED && span.isSampled()) {
			// Not kept: no other execution has this text
			return insert(sql, this.application + entryPoint + keyValue("traceparent",
					"00-" + span.getTraceId() + '-' + span.getSpanId() + '-' + span.getTraceFlags().asHex()));
		}
		Texts texts = this.texts.get(sql);
		if (texts == null) {
			if (this.texts.size() >= MAX_STATEMENTS) {
				this.texts.clear();
			}
			texts = this.texts.computeIfAbsent(sql, Texts::new);
		}
		return texts.with(this.application, entryPoint);
	}

	private static boolean canCarry(String sql, SqlStatement statement, Database database) {
		String operation = statement.operation();
		return operation != null && OPERATIONS.contains(operation) && SYSTEMS.contains(database.system())
				&& sql.length() <= MAX_LENGTH && !sql.startsWith("{") && !sql.endsWith("*/");
	}

	private String entryPoint() {
		LocalRoot localRoot = LocalRoot.current();
		EntryPoint entryPoint = (localRoot != null) ? localRoot.entryPoint() : null;
		if (entryPoint == null) {
			return "";
		}
		String keyValues = this.entryPoints.get(entryPoint);
		if (keyValues == null) {
			keyValues = keyValue("controller", entryPoint.controller()) + keyValue("route", entryPoint.route());
			if (this.entryPoints.size() < MAX_ENTRY_POINTS) {
				this.entryPoints.put(entryPoint, keyValues);
			}
		}
		return keyValues;
	}

	private static String insert(String sql, String keyValues) {
		int end = sql.length();
		while (end > 0 && (sql.charAt(end - 1) == ';' || Character.isWhitespace(sql.charAt(end - 1)))) {
			end--;
		}
		// Each key-value begins with a comma
		return sql.substring(0, end) + " /*" + keyValues.substring(1) + "*/" + sql.substring(end);
	}

	private static String keyValue(String key, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			return "";
		}
		String bounded = (value.length() > MAX_VALUE_LENGTH) ? value.substring(0, MAX_VALUE_LENGTH) : value;
		String encoded = URLEncoder.encode(bounded, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
		return ',' + key + "='" + encoded + '\'';
	}

	private void explain(DatabaseSystem system) {
		if (this.explained.add(system)) {
			logger.info("Prepared statements of {} carry no traceparent, since they may be kept for their text{}.",
					system.stableName(), switch (system) {
						case POSTGRESQL -> "; with preparedStatementCacheQueries=0 in the JDBC URL they are not";
						case MYSQL, MARIADB -> "; with cachePrepStmts=false in the JDBC URL they are not";
						default -> "";
					});
		}
	}

	/**
	 * A statement with each of the comments that it has come by with. So a cache in which
	 * the application's statements fit by far is not filled by one that every route
	 * sends.
	 */
	private static final class Texts {

		private final String sql;

		private final Map<String, String> texts = new ConcurrentHashMap<>();

		Texts(String sql) {
			this.sql = sql;
		}

		String with(String application, String entryPoint) {
			String text = this.texts.get(entryPoint);
			if (text != null) {
				return text;
			}
			if (!entryPoint.isEmpty() && this.texts.size() >= MAX_ENTRY_POINTS_PER_STATEMENT) {
				return with(application, "");
			}
			String keyValues = application + entryPoint;
			text = keyValues.isEmpty() ? this.sql : insert(this.sql, keyValues);
			this.texts.put(entryPoint, text);
			return text;
		}

	}

}
