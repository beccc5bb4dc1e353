package io.hindspan.explorer;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A rate that may be exceeded for a moment. Thread-safe.
 */
final class TokenBucket {

	private final double perNano;

	private final double capacity;

	private final LongSupplier nanoTime;

	private double tokens;

	private long filled;

	/**
	 * Makes a full bucket.
	 * @param perSecond how many tokens come in a second
	 * @param seconds for how many seconds they are kept
	 * @param nanoTime the time that passes, in nanoseconds
	 */
	TokenBucket(long perSecond, int seconds, LongSupplier nanoTime) {
		this.perNano = perSecond / (double) TimeUnit.SECONDS.toNanos(1);
		this.capacity = (double) perSecond * seconds;
		this.nanoTime = nanoTime;
		this.tokens = this.capacity;
		this.filled = nanoTime.getAsLong();
	}

	/**
	 * Takes tokens.
	 * @param wanted how many, at most the capacity
	 * @return 0 if they were taken, else the number of seconds to wait for them
	 */
	synchronized long take(long wanted) {
		long now = this.nanoTime.getAsLong();
		this.tokens = Math.min(this.capacity, this.tokens + (now - this.filled) * this.perNano);
		this.filled = now;
		if (wanted <= this.tokens) {
			this.tokens -= wanted;
			return 0;
		}
		double nanos = (Math.min(wanted, this.capacity) - this.tokens) / this.perNano;
		return Math.max(1, (long) Math.ceil(nanos / TimeUnit.SECONDS.toNanos(1)));
	}

}
