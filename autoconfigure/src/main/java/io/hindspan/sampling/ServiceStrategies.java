package io.hindspan.sampling;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What Jaeger's strategies say of this service. Immutable.
 *
 * @param rest for everything but the named operations, {@code null} if nothing is said
 * @param operations by the operation's name
 */
record ServiceStrategies(@Nullable Strategy rest, Map<String, Strategy> operations) {

	ServiceStrategies {
		operations = Map.copyOf(operations);
	}

	/**
	 * One strategy.
	 *
	 * @param limited whether the parameter is a number of traces in a second, not a
	 * probability
	 * @param parameter the parameter
	 */
	record Strategy(boolean limited, double parameter) {

	}

}
