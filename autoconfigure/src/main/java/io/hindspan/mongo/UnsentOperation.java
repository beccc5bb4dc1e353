package io.hindspan.mongo;

import java.time.Instant;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the driver for which no command was sent yet.
 *
 * @param name the name of its command
 * @param database the database
 * @param collection the collection, or {@code null}
 * @param parent what was current when it was called
 * @param start when it was called
 */
record UnsentOperation(String name, @Nullable String database, @Nullable String collection, Context parent,
		Instant start) {

}
