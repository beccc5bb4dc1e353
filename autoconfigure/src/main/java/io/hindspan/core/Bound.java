package io.hindspan.core;

import org.jspecify.annotations.Nullable;

/**
 * A bound that a part of Hindspan keeps, and how things stand with it. Immutable.
 *
 * @param what what is bounded, such as "Traces in memory"
 * @param unit what is counted
 * @param current how much of it there is now, or {@code null} where nothing is held since
 * the bound is one of each span or text
 * @param limit how much of it there may be
 * @param givenUp how much was given up so far to keep the bound
 * @param loss what was given up, in the plural, such as "traces forgotten"
 * @param property the property that sets the limit, or {@code null} if none does
 */
public record Bound(String what, Unit unit, @Nullable Long current, long limit, long givenUp, String loss,
		@Nullable String property) {

	/**
	 * What is counted.
	 */
	public enum Unit {

		/** Memory or disk. */
		BYTES,

		/** Spans. */
		SPANS,

		/** Attributes, events or links of a span. */
		ENTRIES,

		/** Characters of a text. */
		CHARACTERS,

		/** Different names or values. */
		VALUES

	}

}
