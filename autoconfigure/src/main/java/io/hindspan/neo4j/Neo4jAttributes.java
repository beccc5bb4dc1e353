package io.hindspan.neo4j;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a Cypher query's span.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/database-spans/">Database
 * spans</a>
 */
final class Neo4jAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("db.system.name", "db.system");

	static final SemanticKey<String> OPERATION = SemanticKey.text("db.operation.name", "db.operation");

	static final SemanticKey<String> SUMMARY = SemanticKey.text("db.query.summary");

	static final SemanticKey<String> TEXT = SemanticKey.text("db.query.text", "db.statement");

	static final SemanticKey<String> STATUS_CODE = SemanticKey.text("db.response.status_code");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	private Neo4jAttributes() {
	}

}
