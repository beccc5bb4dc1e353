package io.hindspan.jdbc;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of the span of a wait for a connection. For all but the name the
 * conventions have metrics only.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/db/database-metrics/">
 * Connection pools</a>
 */
final class PoolAttributes {

	static final SemanticKey<String> NAME = SemanticKey.text("db.client.connection.pool.name");

	static final SemanticKey<Long> ACTIVE = SemanticKey.number("hindspan.db.pool.active");

	static final SemanticKey<Long> IDLE = SemanticKey.number("hindspan.db.pool.idle");

	static final SemanticKey<Long> WAITING = SemanticKey.number("hindspan.db.pool.waiting");

	static final SemanticKey<Long> MAX = SemanticKey.number("hindspan.db.pool.max");

	private PoolAttributes() {
	}

}
