package io.hindspan.analysis;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatement;
import io.hindspan.sql.SqlStatements;
import io.hindspan.store.SpanRecord;

/**
 * The statements of a trace, whatever their values are.
 */
final class Statements {

	private static final int LONGEST_TEXT = 4096;

	private static final Set<String> WITHOUT_SQL = Set.of("redis", "mongodb", "neo4j", "memcached", "elasticsearch",
			"opensearch", "dynamodb", "aws.dynamodb", "couchbase", "couchdb", "hbase", "etcd", "influxdb");

	private final Map<DatabaseSystem, SqlStatements> sql = new EnumMap<>(DatabaseSystem.class);

	/** One instance for each statement, as there may be thousands of spans of it. */
	private final Map<Statement, Statement> known = new HashMap<>();

	Statement of(SpanRecord span, SpanFacts facts) {
		String system = Wording.orElse(facts.text("db.system.name", "db.system"), "").toLowerCase(Locale.ROOT);
		String text = facts.statementText();
		if (text != null && text.length() > LONGEST_TEXT) {
			text = text.substring(0, LONGEST_TEXT);
		}
		Statement statement = WITHOUT_SQL.contains(system) ? command(system, text, span, facts)
				: sql(system, text, span, facts);
		Statement known = this.known.putIfAbsent(statement, statement);
		return (known != null) ? known : statement;
	}

	private Statement sql(String system, @Nullable String text, SpanRecord span, SpanFacts facts) {
		String operation = facts.text("db.operation.name", "db.operation");
		String table = facts.text("db.collection.name", "db.sql.table");
		String normalised = null;
		if (text != null) {
			SqlStatement parsed = this.sql.computeIfAbsent(DatabaseSystem.of(system), SqlStatements::new).get(text);
			normalised = (parsed.text() != null) ? parsed.text() : text;
			operation = (operation != null) ? operation : parsed.operation();
			table = (table != null) ? table : parsed.collection();
		}
		if (operation == null) {
			operation = firstWord((normalised != null) ? normalised : span.name());
		}
		operation = operation.toUpperCase(Locale.ROOT);
		return new Statement(key(system, operation, table, normalised, span), system, operation, table, normalised,
				true);
	}

	private Statement command(String system, @Nullable String text, SpanRecord span, SpanFacts facts) {
		String operation = facts.text("db.operation.name", "db.operation");
		if (operation == null) {
			operation = firstWord(system.equals("redis") && text != null ? text : span.name());
		}
		operation = operation.toUpperCase(Locale.ROOT);
		String table = facts.text("db.collection.name", "db.mongodb.collection", "db.cassandra.table");
		boolean keys = system.equals("redis") || system.equals("memcached");
		return new Statement(
				keys ? system + "\n" + operation + "\n" + facts.text("db.namespace", "db.redis.database_index")
						: key(system, operation, table, text, span),
				system, operation, table, keys ? null : text, false);
	}

	private static String key(String system, String operation, @Nullable String table, @Nullable String text,
			SpanRecord span) {
		return (text != null) ? system + "\n" + text : system + "\n" + operation + "\n" + table + "\n" + span.name();
	}

	private static String firstWord(String text) {
		String trimmed = text.stripLeading();
		int end = 0;
		while (end < trimmed.length() && Character.isLetter(trimmed.charAt(end))) {
			end++;
		}
		return trimmed.substring(0, end);
	}

}
