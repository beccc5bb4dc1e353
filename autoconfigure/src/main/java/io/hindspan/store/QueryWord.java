package io.hindspan.store;

import java.util.BitSet;

/**
 * A word of a query, with its quotes and escapes resolved.
 *
 * @param text what it says
 * @param wildcards where in it a {@code *} or {@code ?} is a wildcard
 * @param quoted whether some of it was quoted or escaped
 * @param start where it begins in the query
 */
record QueryWord(String text, BitSet wildcards, boolean quoted, int start) {

	boolean isPattern() {
		return !this.wildcards.isEmpty();
	}

	/**
	 * Whether it is a lone star.
	 */
	boolean isAnything() {
		return this.text.equals("*") && isPattern();
	}

}
