package io.hindspan.redis;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of a Redis command's span.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/database/redis/">Redis</a>
 */
final class RedisAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("db.system.name", "db.system");

	static final SemanticKey<String> OPERATION = SemanticKey.text("db.operation.name", "db.operation");

	static final SemanticKey<String> DATABASE = SemanticKey.text("db.namespace", "db.redis.database_index");

	static final SemanticKey<String> RESPONSE_STATUS = SemanticKey.text("db.response.status_code");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	static final SemanticKey<String> PEER_ADDRESS = SemanticKey.text("network.peer.address", "net.sock.peer.addr");

	static final SemanticKey<Long> PEER_PORT = SemanticKey.number("network.peer.port", "net.sock.peer.port");

	private RedisAttributes() {
	}

}
