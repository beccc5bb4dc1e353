package io.hindspan.jdbc;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.sql.DatabaseSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Database}.
 */
class DatabaseTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
							jdbc:postgresql://db.example.org:5433/tasks?user=me&password=secret | POSTGRESQL | tasks | db.example.org | 5433
							jdbc:postgresql://db.example.org/tasks            | POSTGRESQL | tasks | db.example.org | 5432
							jdbc:postgresql://[2001:db8::1]:5433/tasks        | POSTGRESQL | tasks | 2001:db8::1    | 5433
							jdbc:postgresql://[2001:db8::1]/tasks             | POSTGRESQL | tasks | 2001:db8::1    | 5432
							jdbc:postgresql://one:5432,two:5432/tasks         | POSTGRESQL | tasks |                |
							jdbc:postgresql:tasks                             | POSTGRESQL | tasks | localhost      | 5432
							jdbc:postgresql://me:sec/r@et@db/tasks            | POSTGRESQL | tasks | db             | 5432
							jdbc:postgresql://db/                             | POSTGRESQL |       | db             | 5432
							jdbc:postgresql://db:port/tasks                   | POSTGRESQL | tasks | db             |
							jdbc:postgresql://db:99999999999999999999/tasks   | POSTGRESQL | tasks | db             |
							jdbc:mysql://me:secret@db:3307/tasks?useSSL=true  | MYSQL      | tasks | db             | 3307
							jdbc:mysql:loadbalance://one,two/tasks            | MYSQL      | tasks |                |
							jdbc:mysql://me:secret@one,me:secret@two/tasks    | MYSQL      | tasks |                |
					jdbc:mysql://address=(host=db)(port=1)/tasks      | MYSQL      | tasks |                |
							jdbc:mariadb://db/tasks                           | MARIADB    | tasks | db             | 3306
							jdbc:h2:mem:tasks;DB_CLOSE_DELAY=-1;PASSWORD=secret | H2       | tasks |                |
							jdbc:h2:mem:                                      | H2         |       |                |
							jdbc:h2:file:/data/tasks                          | H2         | tasks |                |
							jdbc:h2:~/data/tasks;MODE=MySQL                   | H2         | tasks |                |
							jdbc:h2:tcp://db/~/tasks                          | H2         | tasks | db             | 9092
							jdbc:hsqldb:mem:tasks                             | HSQLDB     | tasks |                |
							jdbc:hsqldb:hsql://db/tasks                       | HSQLDB     | tasks | db             | 9001
							jdbc:derby:memory:tasks;create=true               | DERBY      | tasks |                |
							jdbc:sqlite:/data/tasks.db                        | SQLITE     | tasks.db |             |
							jdbc:oracle:thin:@//db:1522/TASKS                 | ORACLE     | TASKS | db             | 1522
							jdbc:oracle:thin:me/secret@db:1521:TASKS          | ORACLE     | TASKS | db             | 1521
							jdbc:oracle:thin:@tasks_high                      | ORACLE     | tasks_high |           |
							jdbc:oracle:thin:@(DESCRIPTION=(HOST=db))         | ORACLE     |       |                |
							jdbc:sqlserver://db\\main:1433;encrypt=true;databaseName=tasks;password=secret | SQL_SERVER | tasks | db | 1433
							jdbc:sqlserver://db;databaseName=tasks            | SQL_SERVER | tasks | db             | 1433
							jdbc:db2://db:50000/TASKS:user=me;                | DB2        | TASKS | db             | 50000
							jdbc:clickhouse://db/tasks                        | CLICKHOUSE | tasks | db             | 8123
							jdbc:tc:postgresql:17:///tasks                    | POSTGRESQL | tasks |                |
							jdbc:p6spy:mysql://db/tasks                       | MYSQL      | tasks | db             | 3306
							jdbc:aws-wrapper:postgresql://db/tasks            | POSTGRESQL | tasks | db             | 5432
							jdbc:unheard-of://db:17/tasks                     | OTHER      | tasks | db             | 17
							""")
	void readsJdbcUrls(String url, DatabaseSystem system, @Nullable String namespace, @Nullable String address,
			@Nullable Long port) {
		assertThat(Database.of(url))
			.isEqualTo(new Database(system, namespace, address, port, StatementReuse.of(system, url)));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "jdbc", "jdbc:", "jdbc::", "postgresql://db/tasks", "jdbc:tc:" })
	void knowsNothingOfOtherUrls(@Nullable String url) {
		assertThat(Database.of(url)).isEqualTo(Database.UNKNOWN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql:", "jdbc:postgresql://", "jdbc:postgresql://[", "jdbc:postgresql://@",
			"jdbc:mysql:", "jdbc:mysql://:", "jdbc:h2:", "jdbc:h2:tcp://", "jdbc:oracle:", "jdbc:oracle:thin:@//",
			"jdbc:sqlserver:", "jdbc:sqlserver://;", "jdbc:sqlserver://\\", "jdbc:sqlite:", "jdbc:db2://:/:" })
	void acceptsAnyUrl(String url) {
		Database database = Database.of(url);
		assertThat(database.system()).isNotEqualTo(DatabaseSystem.OTHER);
		assertThat(database.namespace()).isNull();
	}

	@Test
	void keepsNoSecret() {
		for (String url : new String[] { "jdbc:postgresql://me:secret@db/tasks", "jdbc:oracle:thin:me/secret@db:1:T",
				"jdbc:mysql://me:secret@one,me:secret@two/tasks", "jdbc:h2:mem:a;PASSWORD=secret",
				"jdbc:mariadb://db/tasks?password=secret", "jdbc:db2://db/tasks:password=secret;",
				"jdbc:unheard-of://me:secret@db/tasks;password=secret" }) {
			assertThat(Database.of(url).toString()).doesNotContain("secret");
		}
	}

}
