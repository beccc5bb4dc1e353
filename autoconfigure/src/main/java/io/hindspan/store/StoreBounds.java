package io.hindspan.store;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * What a store may hold. Immutable.
 *
 * @param maxBytes how much memory traces may take, their index included, as the store
 * estimates it
 * @param maxAge how long a trace is kept after its last span has come
 * @param maxSpansPerTrace how many spans of a trace are kept
 */
public record StoreBounds(long maxBytes, Duration maxAge, int maxSpansPerTrace) {

	/** The bounds where nothing is said: 64 MiB, an hour, 20,000 spans. */
	public static final StoreBounds DEFAULT = new StoreBounds(64 << 20, Duration.ofHours(1), 20_000);

	/**
	 * Checks the bounds.
	 */
	public StoreBounds {
		Assert.isTrue(maxBytes > 0, "'maxBytes' must be positive");
		Assert.isTrue(!maxAge.isNegative() && !maxAge.isZero(), "'maxAge' must be positive");
		Assert.isTrue(maxSpansPerTrace > 0, "'maxSpansPerTrace' must be positive");
	}

	/**
	 * How much memory a trace may take, so that no single one fills the store.
	 */
	long maxTraceBytes() {
		return this.maxBytes / 4;
	}

	/**
	 * How much memory a span may take.
	 */
	long maxSpanBytes() {
		return Math.min(1 << 20, this.maxBytes / 16);
	}

	/**
	 * How much memory the index may take before it takes no further values.
	 */
	long maxIndexBytes() {
		return this.maxBytes / 4;
	}

}
