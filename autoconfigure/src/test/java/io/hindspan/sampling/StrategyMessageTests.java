package io.hindspan.sampling;

import java.util.HexFormat;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hindspan.sampling.ServiceStrategies.Strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for Jaeger's messages, against bytes that are written by hand: a tag is the
 * field's number times 8 and its type, 0 for a varint, 1 for 8 bytes, 2 for a length and
 * as many bytes. A double is little-endian.
 */
class StrategyMessageTests {

	private static final String HALF = "000000000000e03f";

	private static final String QUARTER = "000000000000d03f";

	private static final String ONE = "000000000000f03f";

	private static final String TENTH = "9a9999999999b93f";

	@Test
	void requestHasTheNameOfTheService() {
		assertThat(StrategyMessage.request("tasks")).isEqualTo(HexFormat.of().parseHex("0a05" + "7461736b73"));
		assertThat(StrategyMessage.request("é")).isEqualTo(HexFormat.of().parseHex("0a02" + "c3a9"));
	}

	@Test
	void readsAProbability() {
		assertThat(read("0800" + "1209" + "09" + HALF)).isEqualTo(ofRest(new Strategy(false, 0.5)));
	}

	@Test
	void numberThatIsLeftOutIsNone() {
		assertThat(read("1200")).isEqualTo(ofRest(new Strategy(false, 0)));
		assertThat(read("0801" + "1a00")).isEqualTo(ofRest(new Strategy(true, 0)));
	}

	@Test
	void readsARate() {
		assertThat(read("0801" + "1a03" + "08ac02")).isEqualTo(ofRest(new Strategy(true, 300)));
	}

	@Test
	void partThatIsThereGoesBeforeTheType() {
		assertThat(read("1a02" + "0807")).isEqualTo(ofRest(new Strategy(true, 7)));
		assertThat(read("0801" + "1209" + "09" + HALF)).isEqualTo(ofRest(new Strategy(false, 0.5)));
		assertThat(read("0801" + "1209" + "09" + HALF + "1a02" + "0807")).isEqualTo(ofRest(new Strategy(true, 7)));
		assertThat(read("1209" + "09" + HALF + "1a02" + "0807")).isEqualTo(ofRest(new Strategy(false, 0.5)));
	}

	@Test
	void readsOperations() {
		String first = "1a0f" + "0a022f61" + "1209" + "09" + ONE;
		String second = "1a06" + "0a022f62" + "1200";
		assertThat(read("1209" + "09" + HALF + "2234" + "09" + QUARTER + "11" + TENTH + first + second + "21" + ONE))
			.isEqualTo(new ServiceStrategies(new Strategy(false, 0.25),
					Map.of("/a", new Strategy(false, 1), "/b", new Strategy(false, 0))));
	}

	@Test
	void fieldsThatAreUnknownAreNotLookedAt() {
		String varint = "f806" + "ffffffffffffffffff01";
		String fixed = "f906" + HALF;
		String bytes = "fa06" + "03010203";
		String group = "fb06" + "0a0101" + "fc06";
		// And those whose number is known and whose type is another one
		String other = "1007" + "0a00";
		assertThat(read(
				varint + "fd06" + "01020304" + "121b" + fixed + bytes + "09" + HALF + "0a00" + group + bytes + other))
			.isEqualTo(ofRest(new Strategy(false, 0.5)));
	}

	@Test
	void messageInPartsIsMergedAndTheLastNumberCounts() {
		assertThat(read("1209" + "09" + HALF + "1200")).isEqualTo(ofRest(new Strategy(false, 0.5)));
		assertThat(read("1209" + "09" + HALF + "1209" + "09" + QUARTER)).isEqualTo(ofRest(new Strategy(false, 0.25)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '^',
			value = { "^^ | no 'probabilisticSampling'", "0801 | no 'rateLimitingSampling'",
					"0802120909000000000000e03f | the strategyType '2'",
					"1209090000000000000040 | '2.0', which is no number from 0 to 1",
					"120909000000000000f87f | 'NaN', which is no number", "12090900000000000000c0 | '-2.0'",
					"08011a0b08ffffffffffffffffff01 | '-1', which is no number from 0",
					"22021a00 | has no 'probabilisticSampling'", "22041a021200 | has an 'operation' that is no name",
					"22061a040a022f61 | has no 'probabilisticSampling'" })
	void refusesWhatIsNoStrategy(String message, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(message)).withMessageContaining(reason);
	}

	@ParameterizedTest
	@CsvSource({ "00", "ff", "12", "127f", "120909", "12090900000000", "12ffffffff0f", "1202090a", "0c", "0b", "0b14",
			"120b09000000000000e03f", "22061a040a02c328", "3c68746d6c3e", "7b7d" })
	void refusesWhatIsNoMessage(String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(message))
			.withMessageContaining("is no SamplingStrategyResponse");
	}

	@Test
	void groupsWithoutEndDoNotOverflowTheStack() {
		assertThatIllegalArgumentException().isThrownBy(() -> read("7b".repeat(100_000)))
			.withMessageContaining("is no SamplingStrategyResponse");
	}

	private static ServiceStrategies read(String message) {
		return StrategyReader.answer(StrategyMessage.answer(HexFormat.of().parseHex(message)));
	}

	private static ServiceStrategies ofRest(Strategy strategy) {
		return new ServiceStrategies(strategy, Map.of());
	}

}
