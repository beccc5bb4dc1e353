package io.hindspan.sampling;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is decided when traces begin in this service. Thread-safe.
 */
final class HeadStatistics {

	private final ConcurrentMap<String, LongAdder> sampled = new ConcurrentHashMap<>();

	private final LongAdder unsampled = new LongAdder();

	void sampled(String reason) {
		LongAdder count = this.sampled.get(reason);
		if (count == null) {
			count = this.sampled.computeIfAbsent(reason, (key) -> new LongAdder());
		}
		count.increment();
	}

	void unsampled() {
		this.unsampled.increment();
	}

	long countSampled(String reason) {
		LongAdder count = this.sampled.get(reason);
		return (count != null) ? count.sum() : 0;
	}

	long countUnsampled() {
		return this.unsampled.sum();
	}

}
