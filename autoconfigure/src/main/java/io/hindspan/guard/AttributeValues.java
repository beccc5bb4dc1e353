package io.hindspan.guard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates how many different values attributes have, and says of those that have too
 * many. They are not changed. Each attribute takes half a kilobyte. Thread-safe, but for
 * values that are told at the same time, of which one may be missed.
 */
final class AttributeValues {

	private static final Logger logger = LoggerFactory.getLogger(AttributeValues.class);

	/** What is longer is a text, and not to be grouped by. */
	private static final int LONGEST_VALUE = 128;

	private static final int MAX_KEYS = 1_000;

	private static final int MAX_TOLD = 20;

	private static final int BITS = 4_096;

	private static final long[] EXPLODED = new long[0];

	private final Map<String, long[]> seen = new ConcurrentHashMap<>();

	private final AtomicInteger exploded = new AtomicInteger();

	private final int max;

	private final int bitsAtMost;

	/**
	 * Starts with no values.
	 * @param max how many values of an attribute are not too many, up to 20,000; 0 for
	 * any number
	 */
	AttributeValues(int max) {
		this.max = max;
		this.bitsAtMost = (int) Math.round(BITS * (1 - Math.exp(-(double) max / BITS)));
	}

	void seen(String key, String value) {
		if (this.max == 0 || value.length() > LONGEST_VALUE || key.length() > KeyRules.LONGEST_REMEMBERED) {
			return;
		}
		long[] bits = this.seen.get(key);
		if (bits == null) {
			if (this.seen.size() >= MAX_KEYS) {
				return;
			}
			bits = this.seen.computeIfAbsent(key, (added) -> new long[BITS / Long.SIZE]);
		}
		if (bits == EXPLODED) {
			return;
		}
		int hash = value.hashCode() * 0x9E3779B9;
		int index = hash >>> (Integer.SIZE - 12);
		long bit = 1L << (index & 63);
		if ((bits[index >> 6] & bit) == 0) {
			bits[index >> 6] |= bit;
			if (count(bits) > this.bitsAtMost && this.seen.replace(key, bits, EXPLODED)) {
				explode(key);
			}
		}
	}

	private void explode(String key) {
		if (this.exploded.incrementAndGet() <= MAX_TOLD) {
			logger.info("The attribute {} has more than about {} different values. Backends that index it, or make "
					+ "metrics of it, may suffer. This is said once of each attribute.", key, this.max);
		}
	}

	private static int count(long[] bits) {
		int count = 0;
		for (long word : bits) {
			count += Long.bitCount(word);
		}
		return count;
	}

	/**
	 * How many attributes have too many values.
	 */
	int exploded() {
		return this.exploded.get();
	}

}
