package io.hindspan.sampling;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for thresholds of consistent probability sampling.
 */
class ThresholdTests {

	@ParameterizedTest
	@CsvSource({ "1, 0", "2, 0", "0.5, 8", "0.25, c", "0.75, 4", "0.1, e666", "0.9, 199a", "0.01, fd70a",
			"0.001, ffbe77", "0.3333333333333333, aaab", "0.99999999, 0", "1.3877787807814457e-17, ffffffffffffff" })
	void textIsThatOfTheSpecification(double probability, String text) {
		assertThat(Threshold.text(Threshold.of(probability))).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, -1, 1e-17, Double.MIN_VALUE, Double.NaN })
	void whatIsTooSmallIsNever(double probability) {
		assertThat(Threshold.of(probability)).isEqualTo(Threshold.NEVER);
		assertThat(Threshold.probability(Threshold.NEVER)).isZero();
	}

	@Test
	void textSaysExactlyTheThresholdThatIsUsed() {
		Random random = new Random(1);
		for (int i = 0; i < 100_000; i++) {
			double probability = Math.pow(10, -10 * random.nextDouble());
			long threshold = Threshold.of(probability);
			String text = Threshold.text(threshold);
			assertThat(Long.parseLong((text + "0".repeat(14)).substring(0, 14), 16)).isEqualTo(threshold);
			assertThat(text.replaceFirst("^f*", "")).hasSizeLessThanOrEqualTo(4);
			assertThat(Threshold.probability(threshold)).isCloseTo(probability, within(probability * 0.0005));
		}
	}

	@Test
	void lowerProbabilityHasNoLowerThreshold() {
		Random random = new Random(2);
		for (int i = 0; i < 100_000; i++) {
			double higher = Math.pow(10, -10 * random.nextDouble());
			double lower = higher * random.nextDouble();
			assertThat(Threshold.of(lower)).isGreaterThanOrEqualTo(Threshold.of(higher));
		}
	}

	@Test
	void randomnessIsTheEndOfTheTraceId() {
		assertThat(Threshold.randomness("11111111111111111123456789abcdef")).isEqualTo(0x23456789abcdefL);
		assertThat(Threshold.randomness("ffffffffffffffffffffffffffffffff")).isEqualTo(Threshold.NEVER - 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "123456789abcdG", "123456789ABCDE", "-23456789abcde", "              " })
	void whatIsNotHexadecimalIsNoRandomness(String text) {
		assertThat(Threshold.randomness(text, 0)).isNegative();
	}

}
