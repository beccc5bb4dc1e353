package io.hindspan.span;

import org.jspecify.annotations.Nullable;

/**
 * Where a technology writes the attributes of its span, under the names that the
 * application has chosen. Values that are {@code null} are left out. Used by one thread
 * at a time, and not kept after the call that it was handed to.
 */
public interface SpanAttributes {

	/**
	 * Writes a value.
	 * @param key the key
	 * @param value the value, or {@code null} for none
	 * @param <T> the type of the value
	 * @return this
	 */
	<T> SpanAttributes put(SemanticKey<T> key, @Nullable T value);

	/**
	 * Writes a whole number.
	 * @param key the key
	 * @param value the value
	 * @return this
	 */
	SpanAttributes put(SemanticKey<Long> key, long value);

	/**
	 * Writes a text whose value also differs between the conventions. Where both have the
	 * same name, the stable value goes first.
	 * @param key the key
	 * @param stable the value under the stable name, or {@code null} for none
	 * @param legacy the value under the older name, or {@code null} for none
	 * @return this
	 */
	SpanAttributes put(SemanticKey<String> key, @Nullable String stable, @Nullable String legacy);

	/**
	 * Writes a whole number for which the stable conventions have no name of their own.
	 * @param key the key, whose older name alone is written, and only where the older
	 * names are
	 * @param value the value
	 * @return this
	 */
	SpanAttributes putLegacy(SemanticKey<Long> key, long value);

}
