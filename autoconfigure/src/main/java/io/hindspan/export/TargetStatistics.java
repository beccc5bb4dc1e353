package io.hindspan.export;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what becomes of the spans for one target. Every span that was offered is in its
 * queue or spool, or counted here once. Thread-safe.
 */
final class TargetStatistics {

	private final LongAdder exported = new LongAdder();

	private final LongAdder retries = new LongAdder();

	private final LongAdder spooled = new LongAdder();

	private final AtomicLongArray dropped = new AtomicLongArray(DropReason.values().length);

	void exported(long spans) {
		this.exported.add(spans);
	}

	void retried() {
		this.retries.increment();
	}

	void spooled(long spans) {
		this.spooled.add(spans);
	}

	void dropped(DropReason reason, long spans) {
		this.dropped.addAndGet(reason.ordinal(), spans);
	}

	/**
	 * How many spans the target has taken.
	 */
	long exported() {
		return this.exported.sum();
	}

	/**
	 * How many attempts were made to send a batch that had failed before.
	 */
	long retries() {
		return this.retries.sum();
	}

	/**
	 * How many spans were stored in the spool.
	 */
	long spooled() {
		return this.spooled.sum();
	}

	/**
	 * How many spans were given up for a reason.
	 */
	long dropped(DropReason reason) {
		return this.dropped.get(reason.ordinal());
	}

	/**
	 * How many spans were given up.
	 */
	long dropped() {
		long sum = 0;
		for (int i = 0; i < this.dropped.length(); i++) {
			sum += this.dropped.get(i);
		}
		return sum;
	}

}
