package io.hindspan.sql;

import org.jspecify.annotations.Nullable;

/**
 * What a SQL text does, without the values in it. Immutable, and kept for the next time
 * that the text comes by.
 */
public final class SqlStatement {

	private static final String BATCH = "BATCH";

	/** Statements of different kinds in one batch. */
	public static final SqlStatement MIXED_BATCH = new SqlStatement(null, null, null, BATCH, null);

	/** A text that could not be read. */
	public static final SqlStatement UNKNOWN = new SqlStatement(null, null, null, null, null);

	private final @Nullable String operation;

	private final @Nullable String collection;

	private final @Nullable String procedure;

	private final @Nullable String summary;

	private final @Nullable String text;

	private final @Nullable String name;

	private @Nullable SqlStatement batch;

	/**
	 * Makes a description.
	 * @param operation the operation in upper case, or {@code null} if it is none that is
	 * known
	 * @param collection the one table that the statement is about, or {@code null}
	 * @param procedure the procedure that is called, or {@code null}
	 * @param summary the operations and tables in the order of the text, or {@code null}
	 * @param text the text without values, or {@code null}
	 */
	SqlStatement(@Nullable String operation, @Nullable String collection, @Nullable String procedure,
			@Nullable String summary, @Nullable String text) {
		this.operation = operation;
		this.collection = collection;
		this.procedure = procedure;
		this.summary = summary;
		this.text = text;
		this.name = (operation != null) ? name(operation, (procedure != null) ? procedure : collection) : summary;
	}

	private static String name(String operation, @Nullable String target) {
		return (target != null) ? operation + " " + SqlNames.withoutNumbers(target) : operation;
	}

	/**
	 * The operation.
	 * @return the operation in upper case, or {@code null} if it is none that is known
	 */
	public @Nullable String operation() {
		return this.operation;
	}

	/**
	 * The one table that the statement is about.
	 * @return the table, or {@code null}
	 */
	public @Nullable String collection() {
		return this.collection;
	}

	/**
	 * The procedure that is called.
	 * @return the procedure, or {@code null}
	 */
	public @Nullable String procedure() {
		return this.procedure;
	}

	/**
	 * The operations and tables in the order of the text.
	 * @return the summary, or {@code null}
	 */
	public @Nullable String summary() {
		return this.summary;
	}

	/**
	 * The text without values.
	 * @return the text, or {@code null}
	 */
	public @Nullable String text() {
		return this.text;
	}

	/**
	 * The name of the span, of low cardinality.
	 * @return the name, or {@code null} if the operation is none that is known
	 */
	public @Nullable String name() {
		return this.name;
	}

	/**
	 * Several executions of this statement in one call.
	 * @return the description of the batch
	 */
	public SqlStatement batch() {
		SqlStatement batch = this.batch;
		if (batch == null) {
			batch = (this.operation != null) ? new SqlStatement(BATCH + " " + this.operation, this.collection,
					this.procedure, BATCH + " " + this.summary, this.text) : MIXED_BATCH;
			// Whichever thread comes first or last: they all made the same
			this.batch = batch;
		}
		return batch;
	}

	/**
	 * Whether another statement does the same to the same table.
	 * @param other the other statement
	 * @return {@code true} if their spans would have the same name
	 */
	public boolean isLike(SqlStatement other) {
		return this.name != null && this.name.equals(other.name);
	}

}
