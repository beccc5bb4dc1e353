package io.hindspan.analysis;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A statement or command of a database without its values. Immutable.
 *
 * @param key what equal ones have in common: the database and the text, or operation and
 * table
 * @param system the database, in lower case; empty where it is not known
 * @param operation the operation in upper case; empty where it is not known
 * @param table the one table or collection, or {@code null}
 * @param text the text without values, or {@code null}
 * @param sql whether it is of SQL
 */
record Statement(String key, String system, String operation, @Nullable String table, @Nullable String text,
		boolean sql) {

	private static final Set<String> READING = Set.of("SELECT", "WITH", "FIND", "AGGREGATE", "COUNT", "DISTINCT", "GET",
			"MGET", "HGET", "HMGET", "HGETALL", "EXISTS", "SMEMBERS", "LRANGE", "ZRANGE", "MATCH", "QUERY", "SCAN");

	boolean isReading() {
		return READING.contains(this.operation);
	}

	/**
	 * The statement in few words, such as {@code SELECT tasks}.
	 */
	String summary() {
		String name = this.operation.isEmpty() ? "statement" : this.operation;
		return (this.table != null) ? name + " " + this.table : name;
	}

	/**
	 * The text, or in few words what is known of it.
	 */
	String quoted() {
		return "`" + Wording.cut((this.text != null) ? this.text : summary()) + "`";
	}

	String upperText() {
		return (this.text != null) ? this.text.toUpperCase(Locale.ROOT) : "";
	}

}
