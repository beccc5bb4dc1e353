package io.hindspan.sampling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonParserFactory;

import io.hindspan.sampling.ServiceStrategies.Strategy;

/**
 * Reads Jaeger's JSON, that of a strategies file and that of an answer of the sampling
 * endpoint. What is said of other services is not looked at, so that a mistake there does
 * no harm here.
 *
 * @see <a href="https://www.jaegertracing.io/docs/latest/architecture/sampling/">
 * Sampling</a>
 */
final class StrategyReader {

	/** As many as Jaeger's own clients take. */
	static final int MAX_OPERATIONS = 2000;

	/** How long the name of an operation may be. */
	static final int MAX_NAME = 512;

	private static final double MAX_RATE = 1_000_000;

	private static final String OPERATIONS = "operation_strategies";

	private StrategyReader() {
	}

	/**
	 * Reads a file. The operations of the default strategy hold for a service that is
	 * listed as well, where it does not name them itself.
	 * @param json the text
	 * @param service the name of this service
	 * @return what it says of this service
	 * @throws IllegalArgumentException if the text is not what it should be; the message
	 * says why
	 */
	static ServiceStrategies file(String json, String service) {
		Map<?, ?> file = parse(json);
		Map<?, ?> defaults = object(file, "default_strategy");
		Map<?, ?> own = null;
		for (Object entry : list(file, "service_strategies")) {
			if (entry instanceof Map<?, ?> strategy && service.equals(strategy.get("service"))) {
				own = strategy;
			}
		}
		if (own == null && defaults == null && !file.containsKey("service_strategies")) {
			throw new IllegalArgumentException("has neither 'default_strategy' nor 'service_strategies'");
		}
		Map<String, Strategy> operations = new HashMap<>();
		Strategy rest = fileStrategy(defaults, "default_strategy", operations);
		Strategy ownRest = fileStrategy(own, "the strategy of '" + service + "'", operations);
		return new ServiceStrategies((ownRest != null) ? ownRest : rest, operations);
	}

	private static @Nullable Strategy fileStrategy(@Nullable Map<?, ?> strategy, String place,
			Map<String, Strategy> operations) {
		if (strategy == null) {
			return null;
		}
		List<?> list = list(strategy, OPERATIONS);
		for (Object entry : list) {
			Map<?, ?> operation = object(entry, OPERATIONS);
			put(operations, operation, typed(operation, OPERATIONS));
		}
		return (strategy.containsKey("type") || list.isEmpty()) ? typed(strategy, place) : null;
	}

	private static Strategy typed(Map<?, ?> strategy, String place) {
		Object type = present(strategy.get("type"), "type", place);
		present(strategy.get("param"), "param", place);
		if ("probabilistic".equals(type)) {
			return probability(strategy, "param", place);
		}
		if ("ratelimiting".equals(type)) {
			return rate(strategy, "param", place);
		}
		throw new IllegalArgumentException("has in " + place + " the type " + quoted(type)
				+ ", which is neither 'probabilistic' nor 'ratelimiting'");
	}

	/**
	 * Reads an answer of the endpoint.
	 * @param json the text
	 * @return what it says
	 * @throws IllegalArgumentException if the text is not what it should be; the message
	 * says why
	 */
	static ServiceStrategies answer(String json) {
		return answer(parse(json));
	}

	/**
	 * Reads an answer of the endpoint. As its makers advise, the parts that are there
	 * tell what is meant; the type decides only where there are none or several.
	 * @param answer the JSON object
	 * @return what it says
	 * @throws IllegalArgumentException if it is not what it should be; the message says
	 * why
	 */
	static ServiceStrategies answer(Map<?, ?> answer) {
		Map<?, ?> byOperation = object(answer, "operationSampling");
		if (byOperation != null) {
			Map<String, Strategy> operations = new HashMap<>();
			for (Object entry : list(byOperation, "perOperationStrategies")) {
				Map<?, ?> operation = object(entry, "perOperationStrategies");
				put(operations, operation, probabilistic(operation));
			}
			return new ServiceStrategies(probability(byOperation, "defaultSamplingProbability", "operationSampling"),
					operations);
		}
		Object type = answer.get("strategyType");
		boolean isLimited = isType(type, "RATE_LIMITING", 1);
		if (type != null && !isLimited && !isType(type, "PROBABILISTIC", 0)) {
			throw new IllegalArgumentException(
					"has the strategyType " + quoted(type) + ", which is neither 'PROBABILISTIC' nor 'RATE_LIMITING'");
		}
		boolean hasRate = object(answer, "rateLimitingSampling") != null;
		if (hasRate != (object(answer, "probabilisticSampling") != null)) {
			isLimited = hasRate;
		}
		return new ServiceStrategies(
				isLimited ? rate(required(answer, "rateLimitingSampling"), "maxTracesPerSecond", "rateLimitingSampling")
						: probabilistic(answer),
				Map.of());
	}

	/**
	 * Collectors of some versions write the number in the place of the name.
	 */
	private static boolean isType(@Nullable Object type, String name, int number) {
		return name.equals(type) || (type instanceof Number actual && actual.intValue() == number);
	}

	private static Strategy probabilistic(Map<?, ?> parent) {
		return probability(required(parent, "probabilisticSampling"), "samplingRate", "probabilisticSampling");
	}

	private static void put(Map<String, Strategy> operations, Map<?, ?> entry, Strategy strategy) {
		if (!(entry.get("operation") instanceof String name) || name.isBlank() || name.length() > MAX_NAME) {
			throw new IllegalArgumentException(
					"has an 'operation' that is no name of at most " + MAX_NAME + " characters");
		}
		operations.put(name, strategy);
		if (operations.size() > MAX_OPERATIONS) {
			throw new IllegalArgumentException("has more than " + MAX_OPERATIONS + " operations");
		}
	}

	private static Strategy probability(Map<?, ?> map, String name, String place) {
		return new Strategy(false, number(map, name, place, 1));
	}

	private static Strategy rate(Map<?, ?> map, String name, String place) {
		return new Strategy(true, number(map, name, place, MAX_RATE));
	}

	private static double number(Map<?, ?> map, String name, String place, double max) {
		// Jaeger leaves out a number that is 0
		Object value = map.containsKey(name) ? map.get(name) : Integer.valueOf(0);
		if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= max) {
			return number.doubleValue();
		}
		throw new IllegalArgumentException("has in " + place + " the '" + name + "' " + quoted(value)
				+ ", which is no number from 0 to " + (long) max);
	}

	private static Object present(@Nullable Object value, String name, String place) {
		if (value == null) {
			throw new IllegalArgumentException("has no '" + name + "' in " + place);
		}
		return value;
	}

	private static Map<?, ?> parse(String json) {
		try {
			return Objects.requireNonNull(JsonParserFactory.getJsonParser().parseMap(json));
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("is no JSON object", ex);
		}
	}

	private static Map<?, ?> required(Map<?, ?> map, String name) {
		Map<?, ?> object = object(map, name);
		if (object == null) {
			throw new IllegalArgumentException("has no '" + name + "'");
		}
		return object;
	}

	private static @Nullable Map<?, ?> object(Map<?, ?> map, String name) {
		Object value = map.get(name);
		return (value != null) ? object(value, name) : null;
	}

	private static Map<?, ?> object(@Nullable Object value, String name) {
		if (value instanceof Map<?, ?> object) {
			return object;
		}
		throw new IllegalArgumentException("has in '" + name + "' something that is no object");
	}

	private static List<?> list(Map<?, ?> map, String name) {
		Object value = map.get(name);
		if (value == null) {
			return List.of();
		}
		if (value instanceof List<?> list) {
			return list;
		}
		throw new IllegalArgumentException("has in '" + name + "' something that is no list");
	}

	private static String quoted(@Nullable Object value) {
		return quoted(value, 50);
	}

	/**
	 * A foreign text as a message quotes it: in one line, and not all of a long one.
	 */
	static String quoted(@Nullable Object value, int maxLength) {
		String text = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
		return "'" + ((text.length() > maxLength) ? text.substring(0, maxLength) + "..." : text) + "'";
	}

}
