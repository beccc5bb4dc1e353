package io.hindspan.sql;

import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Tests for {@link SqlScanner}.
 */
class SqlScannerTests {

	private static final int SEED = 20_261_121;

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					SELECT * FROM tasks                                              | SELECT tasks
					select t1_0.id, t1_0.title from tasks t1_0 where t1_0.id = ?     | SELECT tasks
					  select 1                                                       | SELECT
					SELECT * FROM public.tasks WHERE id = ?                          | SELECT public.tasks
					SELECT * FROM "public"."Task List"                               | SELECT public.Task List
					SELECT * FROM `shop`.`tasks`                                     | SELECT shop.tasks
					SELECT * FROM [dbo].[tasks] t                                    | SELECT dbo.tasks
					SELECT * FROM db..tasks                                          | SELECT db.tasks
					SELECT * FROM tasks t JOIN users u ON u.id = t.owner             | SELECT
					SELECT * FROM tasks a LEFT OUTER JOIN tasks b ON a.id = b.parent | SELECT tasks
					SELECT * FROM tasks, users                                       | SELECT
					SELECT * FROM tasks WHERE owner IN (SELECT id FROM users)        | SELECT tasks
					SELECT (SELECT count(*) FROM users), t.id FROM tasks t           | SELECT tasks
					SELECT * FROM (SELECT * FROM tasks) t                            | SELECT tasks
					SELECT * FROM (SELECT * FROM tasks) t JOIN users u USING (id)    | SELECT
					SELECT * FROM (tasks t JOIN users u ON t.o = u.id)               | SELECT
					SELECT * FROM (tasks)                                            | SELECT tasks
					SELECT * FROM ONLY (tasks)                                       | SELECT tasks
					SELECT * FROM tasks UNION SELECT * FROM old_tasks                | SELECT
					(SELECT * FROM tasks) UNION ALL (SELECT * FROM old_tasks)        | SELECT
					(SELECT * FROM tasks) UNION ALL (SELECT * FROM tasks)            | SELECT tasks
					SELECT EXTRACT(YEAR FROM created) FROM tasks                     | SELECT tasks
					SELECT TRIM(BOTH ' ' FROM title) FROM tasks                      | SELECT tasks
					SELECT a FROM tasks WHERE a IS DISTINCT FROM b                   | SELECT tasks
					SELECT * FROM generate_series(1, 10) g                           | SELECT
					SELECT * FROM tasks t, LATERAL unnest(t.tags) tag                | SELECT tasks
					SELECT id FROM tasks FOR UPDATE OF tasks SKIP LOCKED             | SELECT tasks
					SELECT replace(title, 'a', 'b') FROM tasks                       | SELECT tasks
					SELECT nextval('tasks_seq')                                      | SELECT
					select next value for tasks_seq                                  | SELECT
					VALUES (1, 2)                                                    | VALUES
					WITH t AS (SELECT * FROM tasks) SELECT * FROM t                  | SELECT tasks
					WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT n FROM t | SELECT
					WITH a AS (SELECT 1), b AS (SELECT 2) INSERT INTO tasks SELECT * FROM a, b  | INSERT tasks
					WITH gone AS (DELETE FROM old_tasks RETURNING *) INSERT INTO tasks SELECT * FROM gone | INSERT tasks
					;WITH t AS (SELECT 1) UPDATE tasks SET a = 1                     | UPDATE tasks
					insert into tasks (id, title) values (?, ?)                      | INSERT tasks
					INSERT INTO tasks SELECT * FROM old_tasks                        | INSERT tasks
					INSERT INTO tasks(id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = excluded.a | INSERT tasks
					INSERT tasks VALUES (1)                                          | INSERT tasks
					INSERT IGNORE INTO tasks VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a) | INSERT tasks
					INSERT OR REPLACE INTO tasks VALUES (1)                          | INSERT tasks
					REPLACE INTO tasks VALUES (1)                                    | REPLACE tasks
					UPDATE tasks SET title = ? WHERE id = ?                          | UPDATE tasks
					update only public.tasks set a = (select max(a) from other)      | UPDATE public.tasks
					UPDATE tasks SET a = u.a FROM users u WHERE u.id = tasks.owner   | UPDATE tasks
					UPDATE TOP (10) tasks SET a = 1                                  | UPDATE tasks
					DELETE FROM tasks WHERE id = ?                                   | DELETE tasks
					DELETE FROM tasks USING users u WHERE u.id = owner               | DELETE tasks
					DELETE t FROM tasks t JOIN users u USING (id)                    | DELETE tasks
					delete tasks where id = 1                                        | DELETE tasks
					MERGE INTO tasks t USING staged s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (1) | MERGE tasks
					MERGE INTO tasks KEY(id) VALUES (1, 2)                           | MERGE tasks
					TRUNCATE TABLE tasks                                             | TRUNCATE tasks
					truncate tasks                                                   | TRUNCATE tasks
					CREATE TABLE IF NOT EXISTS tasks (id bigint PRIMARY KEY)         | CREATE TABLE tasks
					create temporary table t as select * from tasks                  | CREATE TABLE t
					CREATE UNIQUE INDEX CONCURRENTLY idx ON tasks (title)            | CREATE INDEX tasks
					CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1 $$     | CREATE FUNCTION
					ALTER TABLE ONLY tasks ADD COLUMN a int                          | ALTER TABLE tasks
					DROP TABLE IF EXISTS tasks CASCADE                               | DROP TABLE tasks
					DROP INDEX idx                                                   | DROP INDEX
					CREATE SEQUENCE tasks_seq                                        | CREATE SEQUENCE
					CALL close_tasks(?)                                              | CALL close_tasks
					{call close_tasks(?)}                                            | CALL close_tasks
					{? = call app.count_tasks(?)}                                    | CALL app.count_tasks
					EXEC @result = close_tasks 1                                     | EXEC close_tasks
					COPY tasks FROM stdin                                            | COPY tasks
					EXPLAIN ANALYZE SELECT * FROM tasks                              | EXPLAIN
					SET search_path TO app                                           | SET
					SHOW TABLES                                                      | SHOW
					BEGIN                                                            | BEGIN
					SAVEPOINT a_17                                                   | SAVEPOINT
					/* from: TaskRepository */ SELECT * FROM tasks                   | SELECT tasks
					SELECT * /* FROM users */ FROM tasks -- JOIN users               | SELECT tasks
					SELECT * FROM tasks; DELETE FROM users                           | SELECT tasks
					SELECT * FROM tasks WHERE title = 'FROM users'                   | SELECT tasks
					SELECT * FROM events_2026_11_21                                  | SELECT events_?_?_?
					SELECT * FROM tmp_3f2a9c17                                       | SELECT tmp_?
					SELECT * FROM tenant_17.tasks                                    | SELECT tenant_?.tasks
					SELECT * FROM oauth2_client                                      | SELECT oauth2_client
					""")
	void namesTheOperationAndTheTable(String sql, String name) {
		assertThat(SqlScanner.scan(sql, DatabaseSystem.POSTGRESQL).name()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ";", "(", "frobnicate the tasks", "?", "'SELECT'", "1", "-- nothing" })
	void namesNothingThatIsNoKnownOperation(String sql) {
		SqlStatement statement = SqlScanner.scan(sql, DatabaseSystem.POSTGRESQL);
		assertThat(statement.name()).isNull();
		assertThat(statement.summary()).isNull();
		assertThat(statement.collection()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			SELECT * FROM tasks t JOIN users u ON u.id = t.owner        | SELECT tasks users
			INSERT INTO tasks SELECT * FROM old_tasks                   | INSERT tasks SELECT old_tasks
			SELECT * FROM tasks WHERE owner IN (SELECT id FROM users)   | SELECT tasks SELECT users
			DELETE t FROM tasks t JOIN users u ON t.owner = u.id        | DELETE tasks users
			SELECT * FROM tasks; DELETE FROM users                      | SELECT tasks DELETE users
			WITH t AS (SELECT * FROM tasks) SELECT * FROM t             | SELECT tasks SELECT
			DROP TABLE tasks                                            | DROP TABLE tasks
			{call close_tasks(1)}                                       | CALL close_tasks
			SELECT * FROM events_20261121                               | SELECT events_?
			""")
	void summarizesOperationsAndTablesInTheOrderOfTheText(String sql, String summary) {
		assertThat(SqlScanner.scan(sql, DatabaseSystem.POSTGRESQL).summary()).isEqualTo(summary);
	}

	@Test
	void keepsTheTableAsItIsWritten() {
		SqlStatement statement = SqlScanner.scan("select * from \"App\".\"Events_2026\"", DatabaseSystem.POSTGRESQL);
		assertThat(statement.operation()).isEqualTo("SELECT");
		assertThat(statement.collection()).isEqualTo("App.Events_2026");
		assertThat(statement.procedure()).isNull();
	}

	@Test
	void tellsAProcedureFromATable() {
		SqlStatement statement = SqlScanner.scan("{call close_tasks(?)}", DatabaseSystem.POSTGRESQL);
		assertThat(statement.procedure()).isEqualTo("close_tasks");
		assertThat(statement.collection()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					SELECT * FROM t WHERE a = 'secret' AND b = 42                | SELECT * FROM t WHERE a = ? AND b = ?
					SELECT 'it''s a secret', -1.5e-3, .5, 0xCAFE, 1_000          | SELECT ?, ?, ?, ?, ?
					SELECT E'it\\'s a secret', N'secret', X'CAFE', b'01'         | SELECT ?, ?, ?, ?
					SELECT U&'secret', _utf8'secret', q'[it's a secret]' FROM t  | SELECT U&?, ?, ? FROM t
					SELECT $$a 'secret'$$, $tag$ a $$ secret $tag$ FROM t        | SELECT ?, ? FROM t
					SELECT DATE '2026-11-21', {ts '2026-11-21 10:00:00'}         | SELECT DATE ?, {ts ?}
					SELECT * FROM t WHERE a=? AND b=$1 AND c=:name AND d=@x      | SELECT * FROM t WHERE a=? AND b=$1 AND c=:name AND d=@x
					SELECT a::text, 'x'::varchar(255) FROM t1                    | SELECT a::text, ?::varchar(?) FROM t1
					SELECT  a ,b   FROM t                                        | SELECT a, b FROM t
					SELECT a /* secret */ FROM t -- secret                       | SELECT a FROM t
					SELECT a /* one /* secret */ secret */ FROM t                | SELECT a FROM t
					SELECT * FROM t WHERE id IN (1, 2,3)                         | SELECT * FROM t WHERE id IN (?)
					SELECT * FROM t WHERE id IN (?, ?, ?) AND b IN ('a')         | SELECT * FROM t WHERE id IN (?) AND b IN (?)
					SELECT * FROM t WHERE id not in (-1, -2)                     | SELECT * FROM t WHERE id not in (?)
					SELECT * FROM t WHERE (a, b) IN ((1, 2), (3, 4))             | SELECT * FROM t WHERE (a, b) IN ((?, ?), (?, ?))
					SELECT * FROM t WHERE id IN (SELECT id FROM u WHERE a = 1)   | SELECT * FROM t WHERE id IN (SELECT id FROM u WHERE a = ?)
					INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')            | INSERT INTO t VALUES (?, ?), ...
					INSERT INTO t VALUES (?, lower(?)), (?, lower(?)) RETURNING id | INSERT INTO t VALUES (?, lower(?)), ... RETURNING id
					INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b) | INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)
					SELECT data->>'key', data #> '{a}' FROM t                    | SELECT data->>?, data #> ? FROM t
					SELECT 'unfinished secret                                    | SELECT ?
					SELECT a /* unfinished secret                                | SELECT a
					""")
	void replacesValuesAndLeavesCommentsOut(String sql, String text) {
		assertThat(SqlScanner.scan(sql, DatabaseSystem.POSTGRESQL).text()).isEqualTo(text);
	}

	@Test
	void takesDoubleQuotesForWhatTheDatabaseTakesThemFor() {
		String sql = "SELECT \"a\" FROM \"tasks\" WHERE b = \"c\"";
		assertThat(SqlScanner.scan(sql, DatabaseSystem.H2).text()).isEqualTo(sql);
		SqlStatement statement = SqlScanner.scan(sql, DatabaseSystem.MYSQL);
		assertThat(statement.text()).isEqualTo("SELECT ? FROM \"tasks\" WHERE b = ?");
		assertThat(statement.name()).isEqualTo("SELECT tasks");
	}

	@Test
	void takesANumberSignForACommentWhereItIsOne() {
		assertThat(SqlScanner.scan("SELECT a # secret\nFROM t", DatabaseSystem.MARIADB).text())
			.isEqualTo("SELECT a FROM t");
	}

	@ParameterizedTest
	@EnumSource(DatabaseSystem.class)
	void readsNoFurtherThanItKnowsWhatIsAValue(DatabaseSystem system) {
		SqlStatement statement = SqlScanner.scan("UPDATE t SET a = 'it\\'s a secret', b = 'other' WHERE c = 1", system);
		assertThat(statement.text()).isEqualTo("UPDATE t SET a = ? ...");
		assertThat(statement.name()).isEqualTo("UPDATE t");
	}

	@Test
	void boundsTheText() {
		String columns = "column_name, ".repeat(1000);
		String text = SqlScanner.scan("SELECT " + columns + "x FROM tasks", DatabaseSystem.H2).text();
		assertThat(text).hasSizeLessThanOrEqualTo(SqlText.MAX_LENGTH + 4).endsWith(" ...");
	}

	@Test
	void findsTheTableBehindALongText() {
		String columns = "column_name, ".repeat(1000);
		assertThat(SqlScanner.scan("SELECT " + columns + "x FROM tasks", DatabaseSystem.H2).name())
			.isEqualTo("SELECT tasks");
	}

	@Test
	void keepsTheTextOfALongListShort() {
		String sql = "SELECT * FROM tasks WHERE id IN (" + "12345678, ".repeat(3000) + "1) AND a = 2";
		assertThat(SqlScanner.scan(sql, DatabaseSystem.H2).text())
			.isEqualTo("SELECT * FROM tasks WHERE id IN (?) AND a = ?");
	}

	@Test
	void boundsNames() {
		String sql = "SELECT * FROM " + "a.".repeat(500) + "\"" + "b".repeat(5000) + "\n\"";
		SqlStatement statement = SqlScanner.scan(sql, DatabaseSystem.H2);
		assertThat(statement.name()).hasSizeLessThan(140).doesNotContain("\n");
		assertThat(statement.summary()).hasSizeLessThanOrEqualTo(255);
	}

	@Test
	void takesTimeInProportionToTheText() {
		for (String unit : new String[] { "(", ")", "'", "''", "/*", "$a$", "$", "\"", "[", "a.", "(SELECT ", "IN (",
				"VALUES (1),", "-- \n", "FROM t,", "WITH a AS (", "\\'", "q'" }) {
			String sql = "SELECT " + unit.repeat(SqlScanner.MAX_READ / unit.length());
			assertTimeoutPreemptively(Duration.ofSeconds(2), () -> SqlScanner.scan(sql, DatabaseSystem.MYSQL), unit);
		}
	}

	@Test
	void acceptsAnyText() {
		String[] parts = { "SELECT", "FROM", "INSERT INTO", "VALUES", "WITH", "AS", "(", ")", ",", ";", ".", "'", "\"",
				"`", "[", "]", "$$", "$1", "?", ":", "::", "/*", "*/", "--", "\n", " ", "tasks", "42", "\\", "e'",
				"q'[", "\u0000", "\ud83d\ude00", "\ud83d", "IN", "JOIN", "USING", "DELETE", "UPDATE", "MERGE",
				"CREATE TABLE", "CALL", "{", "}", "=", "-", "@", "#", "TOP", "UNION", "1e", ".5" };
		Random random = new Random(SEED);
		for (int i = 0; i < 50_000; i++) {
			StringBuilder sql = new StringBuilder();
			int length = random.nextInt(30);
			for (int j = 0; j < length; j++) {
				sql.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
			}
			DatabaseSystem system = DatabaseSystem.values()[random.nextInt(DatabaseSystem.values().length)];
			String text = sql.toString();
			assertThatNoException().as(text).isThrownBy(() -> SqlScanner.scan(text, system).batch().name());
		}
	}

	@Test
	void neverLetsAValueThrough() {
		Random random = new Random(SEED);
		String[] values = { "'%s'", "'a''%s'", "E'\\'%s'", "$$%s$$", "$x$%s$x$", "/* %s */ 1", "-- %s\n2", "q'(%s')'",
				"N'%s'", "'\\\\%s'", "'\\'%s'", "'%s\\'" };
		String[] shapes = { "SELECT * FROM t WHERE a = %s AND b = %s", "INSERT INTO t VALUES (%s, %s), (%s, %s)",
				"UPDATE t SET a = %s WHERE b IN (%s, %s)", "SELECT %s, %s FROM t JOIN u ON x = %s", "CALL p(%s, %s)",
				"WITH x AS (SELECT %s) SELECT %s FROM x", "MERGE INTO t USING (SELECT %s) s ON a = %s",
				"SELECT * FROM f(%s) WHERE a LIKE %s ESCAPE %s" };
		for (int i = 0; i < 20_000; i++) {
			String sql = shapes[random.nextInt(shapes.length)];
			while (sql.contains("%s")) {
				sql = sql.replaceFirst("%s", java.util.regex.Matcher
					.quoteReplacement(values[random.nextInt(values.length)].replace("%s", "s3cr3t")));
			}
			DatabaseSystem system = random.nextBoolean() ? DatabaseSystem.POSTGRESQL : DatabaseSystem.MYSQL;
			SqlStatement statement = SqlScanner.scan(sql, system);
			assertThat(statement.name() + statement.summary() + statement.collection() + statement.text()).as(sql)
				.doesNotContain("s3cr3t");
		}
	}

}
