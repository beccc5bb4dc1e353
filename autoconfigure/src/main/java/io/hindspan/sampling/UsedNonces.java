package io.hindspan.sampling;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.hindspan.sampling.ForcedTraceStatistics.Outcome;

/**
 * The nonces that were used and have not expired, so that nobody uses one twice. Has room
 * for so many, and refuses new ones beyond. Thread-safe.
 */
final class UsedNonces {

	private final ConcurrentMap<String, Long> expiries = new ConcurrentHashMap<>();

	/** Those in the map and those about to be: the map's own size comes too late. */
	private final AtomicInteger size = new AtomicInteger();

	private long lastCleared = Long.MIN_VALUE;

	private final int capacity;

	UsedNonces(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Uses a nonce.
	 * @param nonce the nonce
	 * @param expiry until when it may not be used again, in seconds
	 * @param now the time in seconds
	 * @return whether it may be used now
	 */
	Outcome use(String nonce, long expiry, long now) {
		if (this.expiries.containsKey(nonce)) {
			return Outcome.REPLAYED;
		}
		if (!reserve()) {
			clear(now);
			if (!reserve()) {
				return Outcome.FULL;
			}
		}
		if (this.expiries.putIfAbsent(nonce, expiry) != null) {
			this.size.decrementAndGet();
			return Outcome.REPLAYED;
		}
		return Outcome.ACCEPTED;
	}

	private boolean reserve() {
		if (this.size.incrementAndGet() <= this.capacity) {
			return true;
		}
		this.size.decrementAndGet();
		return false;
	}

	/**
	 * Forgets what has expired, once in a second: nothing more would be found. Others who
	 * find no room wait for that, else they would be refused beside room that is made.
	 */
	private synchronized void clear(long now) {
		if (this.lastCleared >= now) {
			return;
		}
		this.lastCleared = now;
		this.expiries.forEach((nonce, expiry) -> {
			if (expiry <= now && this.expiries.remove(nonce, expiry)) {
				this.size.decrementAndGet();
			}
		});
	}

	int size() {
		return this.size.get();
	}

}
