package io.hindspan.explorer;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.explorer.Parameters.BadRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Parameters}.
 */
class ParametersTests {

	private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000, 5);

	@Test
	void valuesAreDecodedAndTheFirstOfEachCounts() throws Exception {
		Parameters parameters = new Parameters("q=a%20b%3D+%C3%A4&q=second&flag&&=x&%71%32=e%26");
		assertThat(parameters.text("q")).isEqualTo("a b= \u00e4");
		assertThat(parameters.text("flag")).isEmpty();
		assertThat(parameters.text("q2")).isEqualTo("e&");
		assertThat(new Parameters(null).text("q")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "q=%", "q=%zz", "%4=1" })
	void brokenEncodingIsSaid(String query) {
		assertThatExceptionOfType(BadRequest.class).isThrownBy(() -> new Parameters(query))
			.withMessageContaining("encoded");
	}

	@Test
	void lengthIsBounded() {
		assertThatExceptionOfType(BadRequest.class).isThrownBy(() -> new Parameters("q=" + "x".repeat(20_000)));
	}

	@ParameterizedTest
	@CsvSource({ "30s,1789999970000000005", "15m,1789999100000000005", "2h,1789992800000000005",
			"1d,1789913600000000005", "1790000000000001,1790000000000001000" })
	void timesAreInNanoseconds(String text, long nanos) throws Exception {
		assertThat(new Parameters("from=" + text).time("from", NOW)).isEqualTo(nanos);
	}

	@Test
	void onlyTimesBackFromNowAreRelative() throws Exception {
		Parameters parameters = new Parameters("from=15m&to=1790000000000001");
		assertThat(parameters.isRelative("from")).isTrue();
		assertThat(parameters.isRelative("to")).isFalse();
		assertThat(parameters.isRelative("none")).isFalse();
	}

}
