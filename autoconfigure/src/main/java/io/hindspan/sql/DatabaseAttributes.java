package io.hindspan.sql;

import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;

/**
 * The attributes of the spans of SQL statements, by whatever API they are sent.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/sql/">SQL client spans</a>
 */
public final class DatabaseAttributes {

	/** The product. */
	public static final SemanticKey<String> SYSTEM = SemanticKey.text("db.system.name", "db.system");

	/** The name of the database. */
	public static final SemanticKey<String> NAMESPACE = SemanticKey.text("db.namespace", "db.name");

	/** What the statement does. */
	public static final SemanticKey<String> OPERATION = SemanticKey.text("db.operation.name", "db.operation");

	/** The table. */
	public static final SemanticKey<String> COLLECTION = SemanticKey.text("db.collection.name", "db.sql.table");

	/** The procedure that is called. */
	public static final SemanticKey<String> PROCEDURE = SemanticKey.text("db.stored_procedure.name");

	/** Operations and tables in short. */
	public static final SemanticKey<String> SUMMARY = SemanticKey.text("db.query.summary");

	/** The text, without values. */
	public static final SemanticKey<String> TEXT = SemanticKey.text("db.query.text", "db.statement");

	/** How many statements go together. */
	public static final SemanticKey<Long> BATCH_SIZE = SemanticKey.number("db.operation.batch.size");

	/** The code of an error. */
	public static final SemanticKey<String> STATUS_CODE = SemanticKey.text("db.response.status_code");

	/** How many rows were read. */
	public static final SemanticKey<Long> RETURNED_ROWS = SemanticKey.number("db.response.returned_rows");

	/** How many rows were changed, for which the conventions have no name. */
	public static final SemanticKey<Long> AFFECTED_ROWS = SemanticKey.number("hindspan.db.affected_rows");

	/** The server's host. */
	public static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	/** The server's port. */
	public static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	private DatabaseAttributes() {
	}

	/**
	 * Writes what is known of a statement.
	 * @param attributes where to write
	 * @param statement what the statement does
	 * @param text whether its text is told
	 * @param batchSize how many statements go together, or 0 if it is no batch
	 */
	public static void describe(SpanAttributes attributes, SqlStatement statement, boolean text, int batchSize) {
		attributes.put(OPERATION, statement.operation())
			.put(COLLECTION, statement.collection())
			.put(PROCEDURE, statement.procedure())
			.put(SUMMARY, statement.summary());
		if (text) {
			attributes.put(TEXT, statement.text());
		}
		if (batchSize > 0) {
			attributes.put(BATCH_SIZE, batchSize);
		}
	}

}
