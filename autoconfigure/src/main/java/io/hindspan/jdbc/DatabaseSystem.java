package io.hindspan.jdbc;

import java.util.Locale;

/**
 * The database products whose JDBC URLs are known, under the names that the semantic
 * conventions give them.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/">Database
 * attributes</a>
 */
enum DatabaseSystem {

	POSTGRESQL("postgresql", "postgresql", 5432),

	MYSQL("mysql", "mysql", 3306),

	MARIADB("mariadb", "mariadb", 3306),

	H2("h2database", "h2", 9092),

	HSQLDB("hsqldb", "hsqldb", 9001),

	DERBY("derby", "derby", 1527),

	SQLITE("sqlite", "sqlite", -1),

	ORACLE("oracle.db", "oracle", 1521),

	SQL_SERVER("microsoft.sql_server", "mssql", 1433),

	DB2("ibm.db2", "db2", 50000),

	CLICKHOUSE("clickhouse", "clickhouse", 8123),

	OTHER("other_sql", "other_sql", -1);

	private final String stableName;

	private final String legacyName;

	private final int defaultPort;

	DatabaseSystem(String stableName, String legacyName, int defaultPort) {
		this.stableName = stableName;
		this.legacyName = legacyName;
		this.defaultPort = defaultPort;
	}

	String stableName() {
		return this.stableName;
	}

	String legacyName() {
		return this.legacyName;
	}

	/**
	 * The port of a server whose URL names none, or -1.
	 */
	int defaultPort() {
		return this.defaultPort;
	}

	/**
	 * Whether a text in double quotes is a value, and {@code #} begins a comment.
	 */
	boolean quotesValuesTwice() {
		return this == MYSQL || this == MARIADB || this == SQLITE;
	}

	/**
	 * Whether errors are told by the product's own number rather than by the SQLSTATE.
	 */
	boolean numbersErrors() {
		return this == MYSQL || this == MARIADB || this == ORACLE || this == SQL_SERVER || this == DB2;
	}

	/**
	 * The product that a JDBC subprotocol stands for.
	 * @param subprotocol the part of the URL between the first two colons
	 */
	static DatabaseSystem of(String subprotocol) {
		return switch (subprotocol.toLowerCase(Locale.ROOT)) {
			case "postgresql", "pgsql", "timescaledb", "redshift" -> POSTGRESQL;
			case "mysql", "mysql+srv" -> MYSQL;
			case "mariadb" -> MARIADB;
			case "h2" -> H2;
			case "hsqldb" -> HSQLDB;
			case "derby" -> DERBY;
			case "sqlite" -> SQLITE;
			case "oracle" -> ORACLE;
			case "sqlserver", "jtds" -> SQL_SERVER;
			case "db2" -> DB2;
			case "clickhouse", "ch" -> CLICKHOUSE;
			default -> OTHER;
		};
	}

}
