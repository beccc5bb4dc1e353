package io.hindspan.sql;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Finds out what a SQL text does to which table, from its tokens as they come by. It is
 * no parser: it follows the clauses of a statement and those in parentheses, and what it
 * does not know it passes over.
 */
final class SqlStructure {

	private static final int MAX_DEPTH = 64;

	private static final int MAX_SUMMARY = 255;

	private static final Set<String> OPERATIONS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE",
			"UPSERT", "VALUES", "TRUNCATE", "CREATE", "ALTER", "DROP", "CALL", "EXEC", "EXECUTE", "COPY", "EXPLAIN",
			"ANALYZE", "ANALYSE", "DESCRIBE", "DESC", "SHOW", "SET", "RESET", "USE", "BEGIN", "START", "COMMIT", "END",
			"ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "LOCK", "UNLOCK", "GRANT", "REVOKE", "COMMENT", "VACUUM",
			"REINDEX", "CLUSTER", "REFRESH", "CHECKPOINT", "DISCARD", "LISTEN", "UNLISTEN", "NOTIFY", "PREPARE",
			"DEALLOCATE", "DECLARE", "FETCH", "MOVE", "CLOSE", "DO", "IF", "OPTIMIZE", "FLUSH", "KILL", "RENAME",
			"LOAD", "HANDLER", "CHECK", "REPAIR", "PRAGMA", "ATTACH", "DETACH", "BACKUP", "RESTORE", "IMPORT", "EXPORT",
			"SCRIPT", "RUNSCRIPT", "SHUTDOWN", "SECURITY", "SIGNAL", "XA");

	private static final Set<String> NESTED_OPERATIONS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE",
			"VALUES");

	private static final Set<String> BEFORE_TARGET = Set.of("INTO", "FROM", "ONLY", "TABLE", "LOW_PRIORITY",
			"HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE", "OVERWRITE", "OR", "ROLLBACK", "ABORT", "FAIL", "REPLACE",
			"ALL", "FIRST", "TOP", "CONCURRENTLY");

	private static final Set<String> BEFORE_SOURCE = Set.of("ONLY", "LATERAL", "OJ", "FINAL");

	private static final Set<String> BEFORE_OBJECT_TYPE = Set.of("OR", "REPLACE", "TEMP", "TEMPORARY", "GLOBAL",
			"LOCAL", "UNIQUE", "UNLOGGED", "MATERIALIZED", "FOREIGN", "FORCE", "NO", "RECURSIVE", "CACHED", "MEMORY",
			"FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED", "EDITIONABLE", "NONEDITIONABLE", "EXTERNAL");

	private static final Set<String> OBJECT_TYPES = Set.of("TABLE", "VIEW", "INDEX", "SEQUENCE", "SCHEMA", "DATABASE",
			"FUNCTION", "PROCEDURE", "TRIGGER", "USER", "ROLE", "TYPE", "DOMAIN", "EXTENSION", "SYNONYM", "POLICY",
			"TABLESPACE", "CONSTRAINT", "ALIAS", "EVENT", "SERVER", "PUBLICATION", "SUBSCRIPTION", "SYSTEM", "RULE");

	private static final Set<String> BEFORE_OBJECT = Set.of("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY");

	private static final Set<String> BEFORE_PROCEDURE = Set.of("PROCEDURE", "FUNCTION", "IMMEDIATE");

	private static final Set<String> AFTER_TABLES = Set.of("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET",
			"FETCH", "FOR", "WINDOW", "QUALIFY", "CONNECT", "SET", "VALUES", "RETURNING", "WHEN");

	private static final Set<String> BETWEEN_SELECTS = Set.of("UNION", "EXCEPT", "INTERSECT", "MINUS", "ALL",
			"DISTINCT");

	private final Clause[] clauses = new Clause[MAX_DEPTH];

	private final Set<String> commonTables = new HashSet<>();

	private final StringBuilder summary = new StringBuilder();

	private final StringBuilder name = new StringBuilder();

	private int depth;

	private boolean afterDot;

	private @Nullable Role role;

	private String previous = "";

	private @Nullable String operation;

	private @Nullable String target;

	private @Nullable String procedure;

	/** The tables that the main SELECT is made from, and those of the whole text. */
	private final Sources mainSources = new Sources();

	private final Sources allSources = new Sources();

	SqlStructure() {
		this.clauses[0] = new Clause(Expect.STATEMENT, true);
	}

	private Clause clause() {
		Clause clause = this.clauses[Math.min(this.depth, MAX_DEPTH - 1)];
		return (clause != null) ? clause : this.clauses[0];
	}

	private boolean tooDeep() {
		return this.depth >= MAX_DEPTH;
	}

	/**
	 * A word that may be a keyword or a name.
	 * @param word the word as written
	 * @param keyword the word in upper case
	 */
	void word(String word, String keyword) {
		if (tooDeep() || continuesName(word)) {
			return;
		}
		endName();
		Clause clause = clause();
		switch (clause.expect) {
			case STATEMENT -> statement(clause, keyword);
			case COMMON_TABLE -> {
				if (!keyword.equals("RECURSIVE")) {
					this.commonTables.add(keyword);
					clause.expect = Expect.COMMON_TABLE_BODY;
				}
			}
			case COMMON_TABLE_BODY -> {
				if (NESTED_OPERATIONS.contains(keyword)) {
					statement(clause, keyword);
				}
			}
			case TARGET -> target(clause, word, keyword);
			case SOURCE -> source(clause, word, keyword);
			case OBJECT_TYPE -> objectType(clause, keyword);
			case INDEXED_TABLE -> {
				if (keyword.equals("ON")) {
					clause.expect = Expect.OBJECT;
				}
			}
			case OBJECT -> {
				if (!BEFORE_OBJECT.contains(keyword)) {
					beginName(clause, word, Role.TARGET);
				}
			}
			case PROCEDURE -> {
				if (!BEFORE_PROCEDURE.contains(keyword)) {
					beginName(clause, word, Role.PROCEDURE);
				}
			}
			case NOTHING -> keyword(clause, keyword);
		}
		this.previous = keyword;
	}

	/**
	 * A name in quotes.
	 */
	void quotedName(String quoted) {
		if (tooDeep() || continuesName(quoted)) {
			return;
		}
		endName();
		Clause clause = clause();
		switch (clause.expect) {
			case STATEMENT -> clause.expect = Expect.NOTHING;
			case COMMON_TABLE -> {
				this.commonTables.add(quoted.toUpperCase(Locale.ROOT));
				clause.expect = Expect.COMMON_TABLE_BODY;
			}
			case TARGET, OBJECT -> beginName(clause, quoted, Role.TARGET);
			case SOURCE -> {
				clause.derived = false;
				beginName(clause, quoted, Role.SOURCE);
			}
			case PROCEDURE -> beginName(clause, quoted, Role.PROCEDURE);
			default -> {
			}
		}
		this.previous = "";
	}

	/**
	 * Whether the name of a table is the only thing that can come next, so that a text in
	 * whatever quotes is one.
	 */
	boolean expectsTable() {
		if (tooDeep()) {
			return false;
		}
		Expect expect = clause().expect;
		return this.afterDot || expect == Expect.TARGET || expect == Expect.SOURCE || expect == Expect.OBJECT;
	}

	void dot() {
		if (this.role != null) {
			this.afterDot = true;
		}
	}

	void open() {
		if (tooDeep()) {
			this.depth++;
			return;
		}
		boolean function = this.role == Role.SOURCE;
		if (function) {
			this.role = null;
			this.afterDot = false;
			unnamedSource(clause());
		}
		endName();
		Clause outer = clause();
		Clause inner = new Clause(Expect.STATEMENT, outer.main && outer.expect == Expect.STATEMENT);
		if (outer.expect == Expect.SOURCE) {
			outer.expect = Expect.NOTHING;
			if (!outer.columns) {
				inner.expect = Expect.SOURCE;
				inner.derived = true;
				inner.operation = outer.operation;
				inner.main = outer.main;
				inner.tables = true;
			}
		}
		else if (outer.expect == Expect.TARGET && !this.previous.equals("TOP")) {
			outer.expect = Expect.NOTHING;
		}
		this.depth++;
		if (this.depth < MAX_DEPTH) {
			this.clauses[this.depth] = inner;
		}
		this.previous = "(";
	}

	void close() {
		if (!tooDeep()) {
			endName();
		}
		this.depth = Math.max(0, this.depth - 1);
		this.previous = ")";
	}

	void comma() {
		if (tooDeep()) {
			return;
		}
		endName();
		Clause clause = clause();
		if (clause.expect == Expect.COMMON_TABLE_BODY) {
			clause.expect = Expect.COMMON_TABLE;
		}
		else if (clause.expect == Expect.NOTHING && clause.tables) {
			clause.expect = Expect.SOURCE;
		}
		else if (clause.expect == Expect.STATEMENT && this.depth > 0) {
			clause.expect = Expect.NOTHING;
		}
		this.previous = ",";
	}

	void semicolon() {
		endName();
		this.depth = 0;
		this.clauses[0] = new Clause(Expect.STATEMENT, this.operation == null);
		this.previous = ";";
	}

	/**
	 * A value, or the place of a parameter.
	 */
	void value() {
		if (tooDeep()) {
			return;
		}
		endName();
		Clause clause = clause();
		if (clause.expect == Expect.SOURCE) {
			unnamedSource(clause);
			clause.expect = Expect.NOTHING;
		}
		else if (clause.expect == Expect.TARGET || clause.expect == Expect.STATEMENT && this.depth > 0) {
			clause.expect = Expect.NOTHING;
		}
		this.previous = "";
	}

	void symbol() {
		if (tooDeep()) {
			return;
		}
		endName();
		Clause clause = clause();
		if (clause.expect == Expect.STATEMENT && this.depth > 0) {
			clause.expect = Expect.NOTHING;
		}
		this.previous = "";
	}

	private void statement(Clause clause, String keyword) {
		if (keyword.equals("WITH")) {
			clause.expect = Expect.COMMON_TABLE;
			return;
		}
		if (clause.main && BETWEEN_SELECTS.contains(keyword)) {
			return;
		}
		clause.expect = Expect.NOTHING;
		if (this.depth > 0 && !clause.main && !NESTED_OPERATIONS.contains(keyword) || !OPERATIONS.contains(keyword)) {
			return;
		}
		clause.operation = keyword;
		clause.tables = false;
		if (clause.main && this.operation == null) {
			this.operation = keyword;
		}
		switch (keyword) {
			case "INSERT", "REPLACE", "UPSERT", "MERGE", "UPDATE", "DELETE", "TRUNCATE", "COPY" ->
				clause.expect = Expect.TARGET;
			case "CREATE", "ALTER", "DROP" -> {
				clause.expect = Expect.OBJECT_TYPE;
				return;
			}
			case "CALL", "EXEC", "EXECUTE" -> clause.expect = Expect.PROCEDURE;
			case "VALUES" -> {
				if (this.depth > 0) {
					return;
				}
			}
			default -> {
			}
		}
		summarize(keyword);
	}

	private void objectType(Clause clause, String keyword) {
		if (BEFORE_OBJECT_TYPE.contains(keyword)) {
			return;
		}
		String operation = clause.operation;
		clause.operation = null;
		clause.expect = Expect.NOTHING;
		if (OBJECT_TYPES.contains(keyword)) {
			operation += " " + keyword;
			switch (keyword) {
				case "TABLE", "VIEW" -> clause.expect = Expect.OBJECT;
				case "INDEX" -> clause.expect = Expect.INDEXED_TABLE;
				default -> {
				}
			}
		}
		if (clause.main) {
			this.operation = operation;
		}
		summarize(operation);
	}

	private void target(Clause clause, String word, String keyword) {
		if (keyword.equals("FROM")) {
			clause.from = true;
		}
		if (!BEFORE_TARGET.contains(keyword)) {
			beginName(clause, word, Role.TARGET);
		}
	}

	private void source(Clause clause, String word, String keyword) {
		if (clause.derived) {
			clause.derived = false;
			if (NESTED_OPERATIONS.contains(keyword) || keyword.equals("WITH")) {
				unnamedSource(clause);
				clause.main = false;
				clause.operation = null;
				statement(clause, keyword);
				return;
			}
		}
		if (!BEFORE_SOURCE.contains(keyword)) {
			beginName(clause, word, Role.SOURCE);
		}
	}

	/**
	 * A keyword in the midst of a statement.
	 */
	private void keyword(Clause clause, String keyword) {
		if (clause.operation == null) {
			return;
		}
		switch (clause.operation) {
			case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "UPSERT", "VALUES" -> {
			}
			default -> {
				return;
			}
		}
		switch (keyword) {
			case "SELECT" -> {
				clause.tables = false;
				summarize(keyword);
			}
			case "FROM" -> from(clause);
			case "JOIN", "STRAIGHT_JOIN", "APPLY" -> {
				if (!this.previous.equals("FOR")) {
					expectSource(clause);
				}
			}
			case "USING" -> {
				if (clause.operation.equals("MERGE") || clause.operation.equals("DELETE")) {
					expectSource(clause);
					clause.columns = clause.operation.equals("DELETE");
				}
			}
			default -> {
				if (AFTER_TABLES.contains(keyword) || BETWEEN_SELECTS.contains(keyword)) {
					clause.tables = false;
				}
			}
		}
	}

	private void from(Clause clause) {
		if (this.previous.equals("DISTINCT")) {
			return;
		}
		if ("DELETE".equals(clause.operation) && !clause.from) {
			// DELETE t FROM tasks t: what came before was an alias
			clause.from = true;
			clause.expect = Expect.TARGET;
			this.summary.setLength(clause.summaryBeforeTarget);
			return;
		}
		expectSource(clause);
	}

	private void expectSource(Clause clause) {
		clause.expect = Expect.SOURCE;
		clause.tables = true;
		clause.columns = false;
		clause.derived = false;
	}

	private boolean continuesName(String part) {
		if (!this.afterDot) {
			return false;
		}
		this.afterDot = false;
		if (this.name.length() < SqlNames.MAX_LENGTH) {
			this.name.append('.').append(part);
		}
		this.previous = "";
		return true;
	}

	private void beginName(Clause clause, String part, Role role) {
		clause.expect = Expect.NOTHING;
		this.name.setLength(0);
		this.name.append(part);
		this.role = role;
	}

	private void endName() {
		Role role = this.role;
		if (role == null) {
			return;
		}
		this.role = null;
		this.afterDot = false;
		String name = SqlNames.bounded(this.name.toString());
		Clause clause = clause();
		switch (role) {
			case TARGET -> {
				clause.summaryBeforeTarget = this.summary.length();
				if (clause.main) {
					this.target = name;
				}
				summarizeName(name);
			}
			case PROCEDURE -> {
				if (clause.main) {
					this.procedure = name;
				}
				summarizeName(name);
			}
			case SOURCE -> {
				if (this.commonTables.contains(name.toUpperCase(Locale.ROOT))) {
					unnamedSource(clause);
				}
				else {
					this.allSources.add(name);
					if (clause.main) {
						this.mainSources.add(name);
					}
					summarizeName(name);
				}
			}
		}
	}

	private void unnamedSource(Clause clause) {
		if (clause.main) {
			this.mainSources.unnamed = true;
		}
	}

	private void summarize(String word) {
		if (this.summary.length() + word.length() + 1 <= MAX_SUMMARY) {
			if (!this.summary.isEmpty()) {
				this.summary.append(' ');
			}
			this.summary.append(word);
		}
	}

	private void summarizeName(String name) {
		summarize(SqlNames.withoutNumbers(name));
	}

	/**
	 * What was found.
	 * @param text the text without values, or {@code null} to leave it out
	 */
	SqlStatement finish(@Nullable String text) {
		if (!tooDeep()) {
			endName();
		}
		String operation = this.operation;
		if (operation == null) {
			return new SqlStatement(null, null, null, null, text);
		}
		String collection = this.target;
		if (operation.equals("SELECT")) {
			collection = this.mainSources.unnamed || this.mainSources.first == null ? null : this.mainSources.only();
			if (collection == null) {
				collection = this.allSources.only();
			}
		}
		return new SqlStatement(operation, collection, this.procedure,
				this.summary.isEmpty() ? operation : this.summary.toString(), text);
	}

	/**
	 * What comes next in a clause.
	 */
	private enum Expect {

		NOTHING, STATEMENT, COMMON_TABLE, COMMON_TABLE_BODY, TARGET, SOURCE, OBJECT_TYPE, OBJECT, INDEXED_TABLE,
		PROCEDURE

	}

	/**
	 * What a name stands for.
	 */
	private enum Role {

		TARGET, SOURCE, PROCEDURE

	}

	/**
	 * A statement, or what is in parentheses.
	 */
	private static final class Clause {

		private Expect expect;

		/** Whether it is the statement that the text is about. */
		private boolean main;

		private @Nullable String operation;

		/** Whether a comma leads to another table. */
		private boolean tables;

		/** Whether the parenthesis may hold a SELECT in the place of a table. */
		private boolean derived;

		/** Whether a parenthesis in the place of a table holds the columns of a join. */
		private boolean columns;

		/** Whether the target of a DELETE came after FROM. */
		private boolean from;

		private int summaryBeforeTarget;

		private Clause(Expect expect, boolean main) {
			this.expect = expect;
			this.main = main;
		}

	}

	/**
	 * The tables that a SELECT is made from.
	 */
	private static final class Sources {

		private @Nullable String first;

		private boolean several;

		private boolean unnamed;

		private void add(String name) {
			if (this.first == null) {
				this.first = name;
			}
			else if (!this.first.equalsIgnoreCase(name)) {
				this.several = true;
			}
		}

		private @Nullable String only() {
			return this.several ? null : this.first;
		}

	}

}
