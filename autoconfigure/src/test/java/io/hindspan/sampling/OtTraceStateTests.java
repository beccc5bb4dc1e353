package io.hindspan.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.propagation.PropagationAutoConfiguration;
import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for editing a {@code tracestate}, as it comes from others.
 */
class OtTraceStateTests {

	private static final int ROUNDS = 5_000;

	private static final int MAX_MEMBERS = 32;

	private static final int MAX_VALUE = 256;

	@ParameterizedTest
	@CsvSource({ "th:8;rv:0123456789abcd, 320255973501901", "rv:0123456789abcd, 320255973501901",
			"x:1;rv:00000000000000;y:2, 0", "rv:0123456789abc, -1", "rv:0123456789abcde, -1", "rv:0123456789ABCD, -1",
			"rrv:0123456789abcd, -1", "x:rv:0123456789abcd, -1", "th:8, -1", "rv:, -1", "rv, -1" })
	void readsRandomness(String value, long randomness) {
		assertThat(OtTraceState.randomness(TraceState.builder().put("ot", value).build())).isEqualTo(randomness);
	}

	@Test
	void writesRandomness() {
		TraceState state = OtTraceState.ofRandomness(0xabcL);
		assertThat(state.get("ot")).isEqualTo("rv:00000000000abc");
		assertThat(OtTraceState.randomness(state)).isEqualTo(0xabcL);
		assertThat(OtTraceState.withThreshold(state, "8").get("ot")).isEqualTo("th:8;rv:00000000000abc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "th:8", "th:", "x:1;th:4;y:2", "th:4;th:5;x:1" })
	void thresholdIsReplaced(String value) {
		TraceState state = TraceState.builder().put("ot", value).build();
		assertThat(fields(OtTraceState.withThreshold(state, "c").get("ot"))).contains("th:c")
			.filteredOn((field) -> field.startsWith("th:"))
			.hasSize(1);
		assertThat(fields(OtTraceState.withThreshold(state, null).get("ot")))
			.noneMatch((field) -> field.startsWith("th:"));
	}

	@Test
	void fieldsThatOnlyLookAlikeStay() {
		TraceState state = TraceState.builder().put("ot", "tth:1;x:th:2;th").build();
		assertThat(OtTraceState.withThreshold(state, null)).isSameAs(state);
	}

	/**
	 * In the states that Hindspan's own propagator reads, and in those of
	 * OpenTelemetry's.
	 */
	@ParameterizedTest
	@EnumSource(Reader.class)
	void othersAreNeverCorrupted(Reader reader) {
		reader.run((propagator) -> {
			Random random = new Random(3);
			for (int i = 0; i < ROUNDS; i++) {
				TraceState before = extract(propagator, header(random));
				for (String threshold : new @Nullable String[] { "8", "e666", "ffffffffffffff", null }) {
					check(before, OtTraceState.withThreshold(before, threshold), threshold);
				}
			}
		});
	}

	private static void check(TraceState before, TraceState after, @Nullable String threshold) {
		List<String> othersBefore = others(before);
		List<String> othersAfter = others(after);
		assertThat(after.size()).isLessThanOrEqualTo(MAX_MEMBERS);
		// The specification has the right-most member go where there is no room
		assertThat(othersAfter).isEqualTo((othersAfter.size() < othersBefore.size() && after.get("ot") != null)
				? othersBefore.subList(0, MAX_MEMBERS - 1) : othersBefore);
		after.forEach((key, value) -> assertThat(value).hasSizeBetween(1, MAX_VALUE));
		List<String> own = fields(after.get("ot"));
		assertThat(own.stream().filter((field) -> !field.startsWith("th:")))
			.isEqualTo(fields(before.get("ot")).stream().filter((field) -> !field.startsWith("th:")).toList());
		assertThat(own.stream().filter((field) -> field.startsWith("th:")))
			.isSubsetOf((threshold != null) ? Set.of("th:" + threshold) : Set.of());
		boolean room = String.join(";", own).length() + 18 <= MAX_VALUE && after.size() < MAX_MEMBERS;
		if (threshold != null && room) {
			assertThat(own).contains("th:" + threshold);
		}
		assertThat(OtTraceState.randomness(after)).isEqualTo(OtTraceState.randomness(before));
	}

	private static List<String> others(TraceState state) {
		List<String> members = new ArrayList<>();
		state.forEach((key, value) -> {
			if (!key.equals("ot")) {
				members.add(key + "=" + value);
			}
		});
		return members;
	}

	private static List<String> fields(@Nullable String value) {
		return (value == null) ? List.of() : Stream.of(value.split(";")).filter((field) -> !field.isEmpty()).toList();
	}

	private static TraceState extract(TextMapPropagator propagator, String header) {
		Map<String, String> headers = Map.of("traceparent", "00-11111111111111111111111111111111-1111111111111111-00",
				"tracestate", header);
		return Span.fromContext(propagator.extract(Context.root(), headers, new Getter()))
			.getSpanContext()
			.getTraceState();
	}

	private static String header(Random random) {
		int others = random.nextBoolean() ? random.nextInt(6) : 28 + random.nextInt(5);
		Set<String> keys = new HashSet<>();
		List<String> members = new ArrayList<>();
		for (int i = 0; i < others; i++) {
			String key = "v" + text(random, "abz019_-*/", random.nextInt(10)) + (random.nextInt(5) == 0 ? "@t" : "");
			if (keys.add(key)) {
				members.add(key + "=" + text(random, "ab:;.! ~", random.nextInt(20)) + "x");
			}
		}
		if (random.nextInt(4) > 0 && members.size() < MAX_MEMBERS) {
			members.add(random.nextInt(members.size() + 1), "ot=" + own(random));
		}
		return String.join(",", members);
	}

	private static String own(Random random) {
		String[] possible = { "th:8", "th:fd70a", "rv:" + String.format("%014x", random.nextLong() >>> 8), "p:8",
				"tth:1", "x:th:2", "th", "", "z:" + text(random, "abc", random.nextInt(150) + 1) };
		List<String> fields = new ArrayList<>();
		for (int length = 0, count = random.nextInt(6); count >= 0; count--) {
			String field = possible[random.nextInt(possible.length)];
			length += field.length() + 1;
			if (length < MAX_VALUE
					&& fields.stream().noneMatch((other) -> other.startsWith("rv") && field.startsWith("rv"))) {
				fields.add(field);
			}
		}
		String value = String.join(";", fields);
		return value.isEmpty() ? "p:1" : value;
	}

	private static String text(Random random, String alphabet, int length) {
		char[] characters = new char[length];
		Arrays.setAll(new int[length], (i) -> characters[i] = alphabet.charAt(random.nextInt(alphabet.length())));
		return new String(characters);
	}

	@Test
	void valueIsReplacedInAStateThatIsFull() {
		TraceStateBuilder builder = TraceState.builder().put("ot", "th:8");
		for (int i = 1; i < MAX_MEMBERS; i++) {
			builder.put("v" + i, "x");
		}
		TraceState state = builder.build();
		assertThat(state.size()).isEqualTo(MAX_MEMBERS);
		assertThat(OtTraceState.withThreshold(state, "c").get("ot")).isEqualTo("th:c");
		assertThat(OtTraceState.withThreshold(state, null).get("ot")).isNull();
	}

	@Test
	void thresholdIsLeftOutWhereThereIsNoRoom() {
		String others = "rv:0123456789abcd;z:" + "a".repeat(230);
		TraceState state = TraceState.builder().put("ot", "th:8;" + others).build();
		assertThat(OtTraceState.withThreshold(state, "e666").get("ot")).isEqualTo(others);
	}

	enum Reader {

		HINDSPAN {

			@Override
			void run(Consumer<TextMapPropagator> test) {
				new ApplicationContextRunner()
					.withConfiguration(AutoConfigurations.of(PropagationAutoConfiguration.class,
							SpanTracingAutoConfiguration.class, ObservationAutoConfiguration.class,
							OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
							MicrometerTracingAutoConfiguration.class))
					.run((context) -> test.accept(context.getBean(ContextPropagators.class).getTextMapPropagator()));
			}

		},

		OPENTELEMETRY {

			@Override
			void run(Consumer<TextMapPropagator> test) {
				test.accept(W3CTraceContextPropagator.getInstance());
			}

		};

		abstract void run(Consumer<TextMapPropagator> test);

	}

	private static final class Getter implements TextMapGetter<Map<String, String>> {

		@Override
		public Iterable<String> keys(Map<String, String> carrier) {
			return carrier.keySet();
		}

		@Override
		public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
			return (carrier != null) ? carrier.get(key) : null;
		}

	}

}
