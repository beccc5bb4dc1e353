package io.hindspan.sampling;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.sampling.ServiceStrategies.Strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for reading Jaeger's JSON.
 */
class StrategyReaderTests {

	private static final String FILE = """
			{
			  "service_strategies": [
			    { "service": "tasks", "type": "probabilistic", "param": 0.8,
			      "operation_strategies": [
			        { "operation": "POST /tasks", "type": "probabilistic", "param": 1 },
			        { "operation": "/health", "type": "probabilistic", "param": 0.25 } ] },
			    { "service": "notifications", "type": "ratelimiting", "param": 5 },
			    { "service": "reports",
			      "operation_strategies": [ { "operation": "report", "type": "ratelimiting", "param": 0.5 } ] },
			    { "service": "broken", "type": "sometimes" }
			  ],
			  "default_strategy": { "type": "probabilistic", "param": 0.5,
			    "operation_strategies": [
			      { "operation": "/health", "type": "probabilistic", "param": 0.0 },
			      { "operation": "/metrics", "type": "probabilistic", "param": 0.0 } ] }
			}""";

	@Test
	void serviceHasItsOwnStrategies() {
		assertThat(StrategyReader.file(FILE, "tasks")).isEqualTo(new ServiceStrategies(probability(0.8),
				Map.of("POST /tasks", probability(1), "/health", probability(0.25), "/metrics", probability(0))));
	}

	@Test
	void operationsOfTheDefaultHoldForAServiceWithoutThem() {
		assertThat(StrategyReader.file(FILE, "notifications"))
			.isEqualTo(new ServiceStrategies(rate(5), Map.of("/health", probability(0), "/metrics", probability(0))));
	}

	@Test
	void defaultHoldsForAServiceThatIsNotListed() {
		assertThat(StrategyReader.file(FILE, "other")).isEqualTo(
				new ServiceStrategies(probability(0.5), Map.of("/health", probability(0), "/metrics", probability(0))));
	}

	@Test
	void defaultHoldsForTheRestOfAServiceWithOperationsOnly() {
		assertThat(StrategyReader.file(FILE, "reports")).isEqualTo(new ServiceStrategies(probability(0.5),
				Map.of("report", rate(0.5), "/health", probability(0), "/metrics", probability(0))));
	}

	@Test
	void nothingIsSaidOfAServiceThatIsNotListedWithoutADefault() {
		assertThat(StrategyReader.file("{\"service_strategies\": []}", "tasks"))
			.isEqualTo(new ServiceStrategies(null, Map.of()));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '^', value = { "^^ | no JSON", "null | no JSON", "[1] | no JSON",
			"{ | no JSON", "{} | neither 'default_strategy'", "{\"default_strategy\": 1} | no object",
			"{\"service_strategies\": {}} | no list",
			"{\"default_strategy\": {\"type\": \"sometimes\", \"param\": 1}} | the type 'sometimes'",
			"{\"default_strategy\": {\"param\": 1}} | no 'type' in default_strategy",
			"{\"default_strategy\": {\"type\": \"probabilistic\"}} | no 'param' in default_strategy",
			"{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": 1.5}} | '1.5', which is no number from 0 to 1",
			"{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": -0.1}} | '-0.1'",
			"{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": \"a\"}} | 'a'",
			"{\"default_strategy\": {\"type\": \"ratelimiting\", \"param\": -1}} | '-1'",
			"{\"default_strategy\": {\"operation_strategies\": [{\"type\": \"probabilistic\", \"param\": 1}]}} | no name" })
	void refusesAWrongFile(String json, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> StrategyReader.file(json, "tasks"))
			.withMessageContaining(reason);
	}

	@Test
	void refusesTheWrongStrategyOfTheServiceOnly() {
		assertThatIllegalArgumentException().isThrownBy(() -> StrategyReader.file(FILE, "broken"))
			.withMessageContaining("no 'param' in the strategy of 'broken'");
	}

	@Test
	void operationsAreBounded() {
		assertThat(StrategyReader.file(operations(StrategyReader.MAX_OPERATIONS), "tasks").operations())
			.hasSize(StrategyReader.MAX_OPERATIONS);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> StrategyReader.file(operations(StrategyReader.MAX_OPERATIONS + 1), "tasks"))
			.withMessageContaining("more than 2000 operations");
		String longName = "{\"default_strategy\": {\"operation_strategies\": [{\"operation\": \""
				+ "a".repeat(StrategyReader.MAX_NAME + 1) + "\", \"type\": \"probabilistic\", \"param\": 1}]}}";
		assertThatIllegalArgumentException().isThrownBy(() -> StrategyReader.file(longName, "tasks"))
			.withMessageContaining("no name of at most 512");
	}

	private static String operations(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> "{\"operation\": \"o" + i + "\", \"type\": \"probabilistic\", \"param\": 1}")
			.collect(Collectors.joining(",", "{\"default_strategy\": {\"operation_strategies\": [", "]}}"));
	}

	@Test
	void readsAnswers() {
		assertThat(StrategyReader
			.answer("{\"strategyType\":\"PROBABILISTIC\",\"probabilisticSampling\":{\"samplingRate\":0.25}}"))
			.isEqualTo(new ServiceStrategies(probability(0.25), Map.of()));
		assertThat(StrategyReader
			.answer("{\"strategyType\":\"RATE_LIMITING\",\"rateLimitingSampling\":{\"maxTracesPerSecond\":7}}"))
			.isEqualTo(new ServiceStrategies(rate(7), Map.of()));
		assertThat(StrategyReader.answer("{\"strategyType\":1,\"rateLimitingSampling\":{\"maxTracesPerSecond\":7}}"))
			.isEqualTo(new ServiceStrategies(rate(7), Map.of()));
		assertThat(StrategyReader.answer("{\"probabilisticSampling\":{}}"))
			.isEqualTo(new ServiceStrategies(probability(0), Map.of()));
		assertThat(StrategyReader.answer("""
				{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5},
				 "operationSampling":{"defaultSamplingProbability":0.125,"defaultLowerBoundTracesPerSecond":0.1,
				  "perOperationStrategies":[{"operation":"/a","probabilisticSampling":{"samplingRate":1}},
				   {"operation":"/b","probabilisticSampling":{"samplingRate":0}}]}}"""))
			.isEqualTo(new ServiceStrategies(probability(0.125), Map.of("/a", probability(1), "/b", probability(0))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{\"strategyType\":\"RATE_LIMITING\"}",
			"{\"strategyType\":\"OTHER\",\"probabilisticSampling\":{\"samplingRate\":1}}",
			"{\"probabilisticSampling\":{\"samplingRate\":2}}", "{\"probabilisticSampling\":1}",
			"{\"operationSampling\":{\"perOperationStrategies\":[{\"operation\":\"/a\"}]}}",
			"{\"operationSampling\":{\"perOperationStrategies\":[1]}}", "<html></html>" })
	void refusesAWrongAnswer(String json) {
		assertThatIllegalArgumentException().isThrownBy(() -> StrategyReader.answer(json));
	}

	private static Strategy probability(double probability) {
		return new Strategy(false, probability);
	}

	private static Strategy rate(double rate) {
		return new Strategy(true, rate);
	}

}
