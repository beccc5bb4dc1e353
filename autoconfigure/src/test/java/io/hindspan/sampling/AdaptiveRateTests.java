package io.hindspan.sampling;

import java.util.Random;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the chance that follows the load, in simulated time and with arrivals that
 * come independently of each other.
 */
class AdaptiveRateTests {

	private static final double SECOND = 1e9;

	private long now;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void expectedRateFollowsStepsOfTheLoad(long seed) {
		Random random = new Random(seed);
		AdaptiveRate rate = new AdaptiveRate(20, () -> this.now);
		for (double load : new double[] { 10, 1000, 50 }) {
			run(rate, load, 2, random);
			Outcome outcome = run(rate, load, 60, random);
			assertThat(outcome.expected / 60).isCloseTo(Math.min(load, 20), Percentage.withPercentage(10));
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void observedRateIsTheTargetOverAThousandTraces(long seed) {
		Random random = new Random(seed);
		AdaptiveRate rate = new AdaptiveRate(20, () -> this.now);
		run(rate, 300, 2, random);
		Outcome outcome = run(rate, 300, 50, random);
		assertThat((double) outcome.sampled).isCloseTo(1000, Percentage.withPercentage(10));
	}

	@Test
	void everyTraceIsTakenBelowTheTarget() {
		AdaptiveRate rate = new AdaptiveRate(100, () -> this.now);
		assertThat(run(rate, 5, 60, new Random(1)))
			.satisfies((outcome) -> assertThat(outcome.sampled).isEqualTo(outcome.arrivals));
	}

	@Test
	void pauseIsNoLoad() {
		AdaptiveRate rate = new AdaptiveRate(10, () -> this.now);
		run(rate, 1000, 10, new Random(1));
		assertThat(rate.chance().probability()).isLessThan(0.02);
		this.now += (long) (600 * SECOND);
		run(rate, 10, 1, new Random(1));
		assertThat(rate.chance().probability()).isEqualTo(1);
	}

	@Test
	void suddenLoadIsHeldWithinItsSlot() {
		AdaptiveRate rate = new AdaptiveRate(5, () -> this.now);
		assertThat(run(rate, 100_000, 0.09, new Random(1)).expected).isBetween(5d, 50d);
		run(rate, 10, 60, new Random(1));
		this.now += (long) (60 * SECOND);
		assertThat(run(rate, 100_000, 0.09, new Random(1)).expected).isBetween(5d, 50d);
	}

	private Outcome run(AdaptiveRate rate, double load, double seconds, Random random) {
		Outcome outcome = new Outcome();
		double end = this.now + seconds * SECOND;
		for (double time = this.now;;) {
			time -= Math.log(1 - random.nextDouble()) / load * SECOND;
			if (time > end) {
				break;
			}
			this.now = (long) time;
			Chance chance = rate.chance(Context.root(), "GET", SpanKind.SERVER, Attributes.empty());
			outcome.arrivals++;
			outcome.expected += chance.probability();
			outcome.sampled += chance.takes(random.nextLong() >>> 8) ? 1 : 0;
		}
		this.now = (long) end;
		return outcome;
	}

	private static final class Outcome {

		private int arrivals;

		private double expected;

		private int sampled;

	}

}
