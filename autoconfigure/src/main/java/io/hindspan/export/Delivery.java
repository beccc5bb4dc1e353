package io.hindspan.export;

import java.time.Duration;

/**
 * How spans are delivered to every target.
 *
 * @param maxQueueSize how many spans may wait for a target, those being sent included
 * @param timeout how long an exporter may take for a batch
 * @param shutdownTimeout how long there is to send what waits when the application ends
 * @param firstRetry how long to wait after the first failure of a batch
 * @param maxRetry how long to wait at most, but for targets that ask for more
 */
record Delivery(int maxQueueSize, Duration timeout, Duration shutdownTimeout, Duration firstRetry, Duration maxRetry) {

	/** A target must not silence itself, by mistake or on purpose, for longer. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(10);

	private static final int MAX_DOUBLINGS = 30;

	/**
	 * How long to wait before the next attempt: twice as long each time, of which up to a
	 * half is left out by chance, so that many instances do not come at once. Never
	 * sooner than the target asks.
	 * @param failures how many attempts have failed, at least one
	 * @param failure the last failure
	 * @param chance from 0 to 1
	 */
	long delayNanos(int failures, SendFailure failure, double chance) {
		double doubled = (double) this.firstRetry.toNanos() * (1L << Math.min(failures - 1, MAX_DOUBLINGS));
		double delay = Math.min(doubled, this.maxRetry.toNanos()) * (1 - chance / 2);
		Duration asked = failure.retryAfter();
		if (asked != null) {
			long least = (asked.compareTo(MAX_RETRY_AFTER) < 0) ? asked.toNanos() : MAX_RETRY_AFTER.toNanos();
			return Math.max((long) delay, least);
		}
		return (long) delay;
	}

}
