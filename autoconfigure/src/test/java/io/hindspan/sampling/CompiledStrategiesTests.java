package io.hindspan.sampling;

import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hindspan.sampling.ServiceStrategies.Strategy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for strategies as they are asked when a trace begins.
 */
class CompiledStrategiesTests {

	private static final Strategy ALWAYS = new Strategy(false, 1);

	private long now;

	@ParameterizedTest
	@CsvSource({ "GET /tasks/{id}, GET, /tasks/17, true", "GET /tasks/{id}, POST, /tasks/17, false",
			"GET /tasks/{id}, GET, /tasks/17/comments, false", "GET /tasks, GET, /tasks, true",
			"GET /tasks, GET, /tasks/17, false", "/health, GET, /health, true", "/health, POST, /health, true",
			"/files/**, GET, /files/a/b, true", "GET, GET, /tasks, true", "get /tasks, GET, /tasks, false",
			"GET tasks, GET, /tasks, false", "GET /{a, GET, /a, false" })
	void operationMatchesRequests(String operation, String method, String path, boolean matches) {
		CompiledStrategies strategies = compile(new ServiceStrategies(null, Map.of(operation, ALWAYS)), null);
		assertThat(chance(strategies, method, stable(method, path)) != null).isEqualTo(matches);
		assertThat(chance(strategies, method, Attributes.of(AttributeKey.stringKey("http.method"), method,
				AttributeKey.stringKey("http.target"), path)) != null)
			.isEqualTo(matches);
	}

	@ParameterizedTest
	@CsvSource({ "tasks.created process, true", "tasks.created, false", "GET /{a, true" })
	void operationMatchesTheWholeName(String name, boolean matches) {
		CompiledStrategies strategies = compile(
				new ServiceStrategies(null, Map.of("tasks.created process", ALWAYS, "GET /{a", ALWAYS)), null);
		assertThat(chance(strategies, name, Attributes.empty()) != null).isEqualTo(matches);
	}

	@Test
	void whatIsMoreExactGoesFirst() {
		CompiledStrategies strategies = compile(new ServiceStrategies(new Strategy(false, 0.0625),
				Map.of("GET", new Strategy(false, 0.5), "POST /tasks/own", new Strategy(false, 0.25), "/tasks/own",
						new Strategy(false, 0.125), "POST /tasks/{id}", ALWAYS)),
				null);
		assertThat(probability(strategies, "GET", "/tasks/own")).isEqualTo(0.5);
		assertThat(probability(strategies, "POST", "/tasks/own")).isEqualTo(0.25);
		assertThat(probability(strategies, "PUT", "/tasks/own")).isEqualTo(0.125);
		assertThat(probability(strategies, "POST", "/tasks/17")).isEqualTo(1);
		assertThat(probability(strategies, "PUT", "/tasks/17")).isEqualTo(0.0625);
	}

	@Test
	void reasonIsTheStrategy() {
		CompiledStrategies strategies = compile(new ServiceStrategies(ALWAYS, Map.of("limited", new Strategy(true, 5))),
				null);
		assertThat(chance(strategies, "any", Attributes.empty())).isNotNull()
			.satisfies((chance) -> assertThat(chance.getAttributes().get(Chance.REASON)).isEqualTo("strategy"));
		assertThat(chance(strategies, "limited", Attributes.empty())).isNotNull()
			.satisfies((chance) -> assertThat(chance.getAttributes().get(Chance.REASON)).isEqualTo("strategy"));
	}

	@Test
	void rateThatStaysKnowsItsLoad() {
		ServiceStrategies limited = new ServiceStrategies(new Strategy(true, 10), Map.of());
		CompiledStrategies before = compile(limited, null);
		for (int i = 0; i < 5000; i++) {
			this.now += 1_000_000;
			chance(before, "any", Attributes.empty());
		}
		assertThat(probability(before, "GET", "/")).isLessThan(0.02);
		CompiledStrategies after = compile(
				new ServiceStrategies(limited.rest(), Map.of("GET /new", new Strategy(false, 1))), before);
		assertThat(probability(after, "GET", "/")).isLessThan(0.02);
		assertThat(probability(after, "GET", "/new")).isEqualTo(1);
	}

	@Test
	void rateOfNoneLetsNoneThrough() {
		CompiledStrategies strategies = compile(new ServiceStrategies(new Strategy(true, 0), Map.of()), null);
		assertThat(probability(strategies, "GET", "/")).isZero();
	}

	@Test
	void rateThatChangesKnowsTheLoad() {
		CompiledStrategies ten = compile(new ServiceStrategies(new Strategy(true, 10), Map.of()), null);
		for (int i = 0; i < 10_000; i++) {
			this.now += 1_000_000;
			probability(ten, "GET", "/");
		}
		CompiledStrategies twenty = compile(new ServiceStrategies(new Strategy(true, 20), Map.of()), ten);
		assertThat(probability(ten, "GET", "/")).isCloseTo(0.01, Offset.offset(0.001));
		assertThat(probability(twenty, "GET", "/")).isCloseTo(0.02, Offset.offset(0.002));
	}

	private double probability(CompiledStrategies strategies, String method, String path) {
		Chance chance = chance(strategies, method, stable(method, path));
		return (chance != null) ? chance.probability() : Double.NaN;
	}

	private static @Nullable Chance chance(CompiledStrategies strategies, String name, Attributes attributes) {
		return strategies.chance(Context.root(), name, SpanKind.SERVER, attributes);
	}

	private static Attributes stable(String method, String path) {
		return Attributes.of(AttributeKey.stringKey("http.request.method"), method, AttributeKey.stringKey("url.path"),
				path);
	}

	private CompiledStrategies compile(ServiceStrategies strategies, @Nullable CompiledStrategies before) {
		return CompiledStrategies.of(strategies, before, () -> this.now);
	}

}
