package io.hindspan.redis;

import org.jspecify.annotations.Nullable;

/**
 * Where a client of Jedis sends its commands, as far as it is known.
 *
 * @param host the host, or {@code null}
 * @param port the port, or {@code null}
 * @param database the index of the database, or {@code null}
 */
record JedisEndpoint(@Nullable String host, @Nullable Long port, @Nullable String database) {

}
