package io.hindspan.cache;

import java.util.Locale;

/**
 * What is done with a cache.
 */
enum Operation {

	/** A lookup, perhaps with loading what is not there. */
	GET,

	/** Putting a value. */
	PUT,

	/** Removing one key. */
	EVICT,

	/** Removing all. */
	CLEAR;

	private final String text = name().toLowerCase(Locale.ROOT);

	@Override
	public String toString() {
		return this.text;
	}

}
