package io.hindspan.sql;

import java.util.Locale;

/**
 * The database products that are known, under the names that the semantic conventions
 * give them.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/">Database
 * attributes</a>
 */
public enum DatabaseSystem {

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

	/**
	 * The name in the stable conventions.
	 * @return the value of {@code db.system.name}
	 */
	public String stableName() {
		return this.stableName;
	}

	/**
	 * The name in the older conventions.
	 * @return the value of {@code db.system}
	 */
	public String legacyName() {
		return this.legacyName;
	}

	/**
	 * The port of a server whose URL names none.
	 * @return the port, or -1 where there is none
	 */
	public int defaultPort() {
		return this.defaultPort;
	}

	/**
	 * Whether a text in double quotes is a value, and {@code #} begins a comment.
	 * @return {@code true} for such a product
	 */
	public boolean quotesValuesTwice() {
		return this == MYSQL || this == MARIADB || this == SQLITE;
	}

	/**
	 * Whether errors are told by the product's own number rather than by the SQLSTATE.
	 * @return {@code true} for such a product
	 */
	public boolean numbersErrors() {
		return this == MYSQL || this == MARIADB || this == ORACLE || this == SQL_SERVER || this == DB2;
	}

	/**
	 * The product that a JDBC subprotocol, a driver of R2DBC or a product's own name
	 * stands for.
	 * @param name the name, in whatever case
	 * @return the product, {@link #OTHER} where it is not known
	 */
	public static DatabaseSystem of(String name) {
		return switch (name.toLowerCase(Locale.ROOT)) {
			case "postgresql", "postgres", "pgsql", "timescaledb", "redshift" -> POSTGRESQL;
			case "mysql", "mysql+srv" -> MYSQL;
			case "mariadb" -> MARIADB;
			case "h2" -> H2;
			case "hsqldb" -> HSQLDB;
			case "derby" -> DERBY;
			case "sqlite" -> SQLITE;
			case "oracle", "oracle database" -> ORACLE;
			case "sqlserver", "mssql", "jtds", "microsoft sql server" -> SQL_SERVER;
			case "db2" -> DB2;
			case "clickhouse", "ch" -> CLICKHOUSE;
			default -> OTHER;
		};
	}

}
