package io.hindspan.sampling;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/**
 * A chance that follows the load, so that about as many traces are sampled in a second as
 * are wanted. Thread-safe.
 * <p>
 * Time goes in slots of 100 ms. At the begin of each the arrivals of the slots before,
 * from the last change of the load on, give the chance for the whole slot: many slots
 * where the load is steady, for a calm estimate, and few after a step, for a quick one. A
 * change is what arrivals that come independently of each other would show less than once
 * in ten thousand slots. Where a slot would sample more than a second should, its chance
 * sinks at once.
 */
final class AdaptiveRate implements HeadSampling {

	private static final long SLOT = 100_000_000;

	private static final double SLOTS_PER_SECOND = 1e9 / SLOT;

	/** How far back the arrivals are remembered: one minute. */
	private static final int SLOTS = 600;

	/** How many slots are looked at for a change, the most recent ones. */
	private static final int[] RECENT = { 1, 2, 5, 10, 20 };

	/** Standard deviations. */
	private static final double SIGNIFICANT = 4;

	private final AtomicInteger arrivals = new AtomicInteger();

	private final AtomicBoolean closing = new AtomicBoolean();

	/** How many traces a slot may be expected to sample before its chance sinks. */
	private final double burst;

	private final double target;

	private final LongSupplier clock;

	private volatile long slotEnd;

	private final String reason;

	private volatile Chance chance;

	/** Guarded by the flag: a ring of arrivals, the newest before {@code position}. */
	private final int[] history = new int[SLOTS];

	private int position;

	/** For how many slots the load is known, since it began or changed. */
	private int steady;

	AdaptiveRate(double tracesPerSecond, LongSupplier nanoClock) {
		this(tracesPerSecond, "rate", nanoClock);
	}

	AdaptiveRate(double tracesPerSecond, String reason, LongSupplier nanoClock) {
		this(tracesPerSecond, reason, nanoClock, 1);
	}

	private AdaptiveRate(double tracesPerSecond, String reason, LongSupplier nanoClock, double first) {
		this.reason = reason;
		this.chance = Chance.of(first, reason);
		this.target = tracesPerSecond / SLOTS_PER_SECOND;
		this.burst = Math.max(tracesPerSecond, 1);
		this.clock = nanoClock;
		this.slotEnd = nanoClock.getAsLong() + SLOT;
	}

	/**
	 * The same for another number of traces, which begins with what is known of the load.
	 */
	AdaptiveRate with(double tracesPerSecond) {
		double first = this.chance.probability() * tracesPerSecond / SLOTS_PER_SECOND / this.target;
		return new AdaptiveRate(tracesPerSecond, this.reason, this.clock, Math.min(first, 1));
	}

	@Override
	public Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		long now = this.clock.getAsLong();
		if (now - this.slotEnd >= 0 && this.closing.compareAndSet(false, true)) {
			try {
				close(now);
			}
			finally {
				this.closing.set(false);
			}
		}
		int arrived = this.arrivals.incrementAndGet();
		Chance current = this.chance;
		return (arrived * current.probability() > this.burst) ? lower(arrived) : current;
	}

	/**
	 * Within a slot that a sudden load came in, half the chance for twice the arrivals.
	 */
	private Chance lower(int arrived) {
		if (this.closing.compareAndSet(false, true)) {
			try {
				if (arrived * this.chance.probability() > this.burst) {
					this.chance = Chance.of(this.burst / arrived / 2, this.reason);
				}
			}
			finally {
				this.closing.set(false);
			}
		}
		return this.chance;
	}

	/**
	 * The chance at the moment.
	 */
	Chance chance() {
		return this.chance;
	}

	private void close(long now) {
		long behind = now - this.slotEnd;
		if (behind < 0) {
			return;
		}
		add(this.arrivals.getAndSet(0));
		long empty = Math.min(behind / SLOT, SLOTS);
		for (long i = 0; i < empty; i++) {
			add(0);
		}
		this.slotEnd += (behind / SLOT + 1) * SLOT;
		forgetBeforeChange();
		// One more than counted: else the mean of the chance would be too high
		this.chance = Chance.of(this.target * this.steady / (sum(0, this.steady) + 1), this.reason);
	}

	private void add(int count) {
		this.history[this.position] = count;
		this.position = (this.position + 1) % SLOTS;
		this.steady = Math.min(this.steady + 1, SLOTS);
	}

	private void forgetBeforeChange() {
		for (int recent : RECENT) {
			if (recent >= this.steady) {
				return;
			}
			double share = (double) recent / this.steady;
			double all = sum(0, this.steady);
			double deviation = Math.sqrt(all * share * (1 - share));
			if (Math.abs(sum(0, recent) - all * share) > SIGNIFICANT * Math.max(deviation, 1)) {
				this.steady = recent;
				return;
			}
		}
	}

	private long sum(int from, int to) {
		long sum = 0;
		for (int i = from; i < to; i++) {
			sum += this.history[Math.floorMod(this.position - 1 - i, SLOTS)];
		}
		return sum;
	}

	@Override
	public double probability() {
		return this.chance.probability();
	}

	@Override
	public String toString() {
		return "Rate{" + this.target * SLOTS_PER_SECOND + "/s}";
	}

}
