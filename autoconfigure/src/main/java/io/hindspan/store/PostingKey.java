package io.hindspan.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The values of a key that are indexed, and the traces with other ones. Written by one
 * thread at a time, read by any.
 */
final class PostingKey {

	/** With its map and its place in the map of keys. */
	static final long BYTES = 300;

	private final String name;

	private final Map<String, Posting> values = new ConcurrentHashMap<>();

	private final Posting others;

	PostingKey(String name, int hash) {
		this.name = name;
		this.others = new Posting(this, null, hash);
	}

	String name() {
		return this.name;
	}

	Map<String, Posting> values() {
		return this.values;
	}

	/**
	 * Traces with values that are not indexed.
	 */
	Posting others() {
		return this.others;
	}

	boolean isEmpty() {
		return this.values.isEmpty() && this.others.isEmpty();
	}

}
