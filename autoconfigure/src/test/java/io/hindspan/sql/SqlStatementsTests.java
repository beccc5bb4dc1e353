package io.hindspan.sql;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqlStatements}.
 */
class SqlStatementsTests {

	private final SqlStatements statements = new SqlStatements(DatabaseSystem.POSTGRESQL);

	@Test
	void readsATextOnce() {
		SqlStatement first = this.statements.get("SELECT * FROM tasks");
		assertThat(this.statements.get(new String("SELECT * FROM tasks"))).isSameAs(first);
	}

	@Test
	void staysBoundedAndKeepsWhatIsInUse() {
		SqlStatement used = this.statements.get("SELECT * FROM tasks");
		for (int i = 0; i < 100_000; i++) {
			this.statements.get("SELECT * FROM tasks WHERE id = " + i);
			if (i % 100 == 0) {
				assertThat(this.statements.get("SELECT * FROM tasks")).isSameAs(used);
			}
		}
		assertThat(this.statements.size()).isLessThan(2 * SqlStatements.GENERATION_CHARACTERS / 200);
	}

	@Test
	void doesNotKeepLongTexts() {
		String sql = "SELECT * FROM tasks WHERE title = '" + "x".repeat(SqlStatements.MAX_LENGTH) + "'";
		assertThat(this.statements.get(sql).name()).isEqualTo("SELECT tasks");
		assertThat(this.statements.size()).isZero();
	}

}
