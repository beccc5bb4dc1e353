package io.hindspan.sampling;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Where strategies come from. Used by one thread at a time.
 */
interface StrategySource {

	/**
	 * Reads the strategies.
	 * @return the strategies, or {@code null} if they are known not to have changed since
	 * they were asked for
	 * @throws IOException if they cannot be read
	 * @throws IllegalArgumentException if they are not what they should be; the message
	 * is a predicate, such as "has no type"
	 */
	@Nullable ServiceStrategies read() throws IOException;

	/**
	 * A source as a message names it.
	 */
	@Override
	String toString();

}
