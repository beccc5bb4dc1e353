package io.hindspan.propagation;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many traces other services may have this one keep in a second. Thread-safe.
 */
public final class PromotionLimit {

	private static final long SECOND = 1_000_000_000;

	private static final int COUNT_BITS = 24;

	private static final long COUNT = (1L << COUNT_BITS) - 1;

	/** The second since the start, and in the low bits how many it has had. */
	private final AtomicLong state = new AtomicLong();

	private final int perSecond;

	private final LongSupplier clock;

	private final long start;

	/**
	 * Creates a limit.
	 * @param perSecond how many, from 0 to 1,000,000
	 * @param nanoClock the time in nanoseconds
	 */
	public PromotionLimit(int perSecond, LongSupplier nanoClock) {
		this.perSecond = perSecond;
		this.clock = nanoClock;
		this.start = nanoClock.getAsLong();
	}

	boolean allowsOneMore() {
		long second = (this.clock.getAsLong() - this.start) / SECOND;
		while (true) {
			long seen = this.state.get();
			// Another thread may have read the clock later and been here before
			long counted = Math.max(second, seen >>> COUNT_BITS);
			long count = (counted == seen >>> COUNT_BITS) ? seen & COUNT : 0;
			if (count >= this.perSecond) {
				return false;
			}
			if (this.state.compareAndSet(seen, counted << COUNT_BITS | count + 1)) {
				return true;
			}
		}
	}

}
