package io.hindspan.sql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The SQL texts that came by lately and what they do. Bounded: when one generation of
 * texts is full it becomes the old one, from which those that still come by are taken
 * over. So an application that writes ids into its texts neither fills the memory nor
 * pushes out the texts that it uses all the time. Thread-safe.
 */
public final class SqlStatements {

	static final int GENERATION_CHARACTERS = 500_000;

	static final int MAX_LENGTH = 10_000;

	private static final int CHARACTERS_PER_ENTRY = 200;

	private final DatabaseSystem system;

	private volatile Map<String, SqlStatement> young = new ConcurrentHashMap<>();

	private volatile Map<String, SqlStatement> old = Map.of();

	private int characters;

	/**
	 * Starts without any text.
	 * @param system the database that the texts are meant for
	 */
	public SqlStatements(DatabaseSystem system) {
		this.system = system;
	}

	/**
	 * What a SQL text does.
	 * @param sql the text
	 * @return what it does
	 */
	public SqlStatement get(String sql) {
		SqlStatement statement = this.young.get(sql);
		if (statement != null) {
			return statement;
		}
		statement = this.old.get(sql);
		if (statement == null) {
			statement = SqlScanner.scan(sql, this.system);
		}
		if (sql.length() <= MAX_LENGTH) {
			keep(sql, statement);
		}
		return statement;
	}

	private synchronized void keep(String sql, SqlStatement statement) {
		if (this.characters >= GENERATION_CHARACTERS) {
			this.old = this.young;
			this.young = new ConcurrentHashMap<>();
			this.characters = 0;
		}
		if (this.young.putIfAbsent(sql, statement) == null) {
			String text = statement.text();
			this.characters += sql.length() + ((text != null) ? text.length() : 0) + CHARACTERS_PER_ENTRY;
		}
	}

	int size() {
		return this.young.size() + this.old.size();
	}

}
