package io.hindspan.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long traces of a route usually take: an estimate of the median of each, for a
 * bounded number of routes. Used by one thread at a time.
 */
final class UsualDurations {

	private static final int MAX_ROUTES = 2_000;

	/** As few tell nothing about a route. */
	private static final int FEW = 16;

	/** Nobody waits for it. */
	private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(10);

	/** Slow where nothing is known about the route. */
	private static final long LONG = TimeUnit.SECONDS.toNanos(1);

	private static final int SLOW_FACTOR = 3;

	private static final double SMALLEST_STEP = 0.05;

	private final Map<Route, Usual> routes = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Route, Usual> eldest) {
			return size() > MAX_ROUTES;
		}

	};

	/**
	 * Whether a duration is at least 10 ms and three times that of half of the route's
	 * traces; a second where less than 16 of them are known.
	 */
	boolean isSlow(SpanRecord naming, long duration) {
		if (duration < SHORT) {
			return false;
		}
		Usual usual = this.routes.get(new Route(naming.service(), naming.name()));
		return duration >= ((usual != null && usual.count >= FEW) ? usual.estimate * SLOW_FACTOR : LONG);
	}

	/**
	 * Learns how long a trace took.
	 */
	void learn(SpanRecord naming, long duration) {
		this.routes.computeIfAbsent(new Route(naming.service(), naming.name()), (route) -> new Usual()).learn(duration);
	}

	private record Route(String service, String name) {

	}

	/**
	 * Goes up by a step for what is longer and down for what is shorter, so that it stays
	 * where both are as frequent.
	 */
	private static final class Usual {

		private double estimate;

		private int count;

		private void learn(long duration) {
			if (this.count == 0) {
				this.estimate = duration;
			}
			else if (duration > this.estimate) {
				this.estimate *= step();
			}
			else if (duration < this.estimate) {
				this.estimate /= step();
			}
			this.count = Math.min(this.count + 1, Integer.MAX_VALUE - 1);
		}

		private double step() {
			return 1 + Math.max(SMALLEST_STEP, 1.0 / (this.count + 1));
		}

	}

}
