package io.hindspan.mongo;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a MongoDB command's span.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/mongodb/">MongoDB</a>
 */
final class MongoAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("db.system.name", "db.system");

	static final SemanticKey<String> NAMESPACE = SemanticKey.text("db.namespace", "db.name");

	static final SemanticKey<String> OPERATION = SemanticKey.text("db.operation.name", "db.operation");

	static final SemanticKey<String> COLLECTION = SemanticKey.text("db.collection.name", "db.mongodb.collection");

	static final SemanticKey<String> TEXT = SemanticKey.text("db.query.text", "db.statement");

	static final SemanticKey<Long> BATCH_SIZE = SemanticKey.number("db.operation.batch.size");

	static final SemanticKey<String> STATUS_CODE = SemanticKey.text("db.response.status_code");

	static final SemanticKey<Long> RETURNED_ROWS = SemanticKey.number("db.response.returned_rows");

	/** The conventions have no name for it. */
	static final SemanticKey<Long> AFFECTED_ROWS = SemanticKey.number("hindspan.db.affected_rows");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	private MongoAttributes() {
	}

}
