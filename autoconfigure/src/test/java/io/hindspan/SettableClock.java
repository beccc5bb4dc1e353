package io.hindspan;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that is put forward by hand. Thread-safe.
 */
public final class SettableClock extends Clock {

	private volatile Instant now;

	/**
	 * A clock that shows some time.
	 */
	public SettableClock() {
		this(Instant.parse("2026-10-01T12:00:00Z"));
	}

	/**
	 * A clock that shows a time.
	 * @param now the time
	 */
	public SettableClock(Instant now) {
		this.now = now;
	}

	/**
	 * Goes to a time.
	 * @param time the time
	 */
	public void set(Instant time) {
		this.now = time;
	}

	/**
	 * Lets time pass.
	 * @param duration how much
	 */
	public void advance(Duration duration) {
		this.now = this.now.plus(duration);
	}

	@Override
	public Instant instant() {
		return this.now;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

}
