package io.hindspan.sampling;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for the head decision, with the SDK's own spans.
 */
class TraceSamplerTests {

	private static final int TRACES = 100_000;

	private static final double SIGMAS = 4;

	private static final String TRACE_ID = "0123456789abcdef0123456789abcdef";

	/** What the trace id would say is above the threshold of one half, this is below. */
	private static final String LOW_RANDOMNESS = "rv:70000000000000";

	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.001, 0.01, 0.1, 0.5, 0.9, 1 })
	void probabilityIsKept(double probability) {
		double deviation = Math.sqrt(TRACES * probability * (1 - probability));
		assertThat((double) sampled(FixedProbability.of(probability), 1).size()).isCloseTo(TRACES * probability,
				within(SIGMAS * deviation + TRACES * probability * 0.0005));
	}

	@ParameterizedTest
	@CsvSource({ "0.1, 0.5", "0.01, 0.0101", "0.001, 1" })
	void lowerProbabilityTakesASubset(double lower, double higher) {
		Set<String> few = sampled(FixedProbability.of(lower), 2);
		Set<String> many = sampled(FixedProbability.of(higher), 2);
		assertThat(few).isNotEmpty();
		assertThat(many.containsAll(few)).isTrue();
		assertThat(many.size()).isGreaterThan(few.size());
	}

	private static Set<String> sampled(HeadSampling head, long seed) {
		Set<String> sampled = new HashSet<>();
		try (SdkTracerProvider provider = provider(head, true, new SeededIds(seed, true), 0)) {
			for (int i = 0; i < TRACES; i++) {
				SpanContext root = root(provider, Context.root());
				if (root.isSampled()) {
					sampled.add(root.getTraceId());
				}
			}
		}
		return sampled;
	}

	@Test
	void sampledRootTellsItsThreshold() {
		try (SdkTracerProvider provider = provider(FixedProbability.of(0.1), true, new SeededIds(3, true), 0)) {
			for (int i = 0; i < 1000; i++) {
				SpanContext root = root(provider, Context.root());
				assertThat(root.getTraceState().asMap())
					.isEqualTo(root.isSampled() ? Map.of("ot", "th:e666") : Map.of());
				assertThat(root.isSampled())
					.isEqualTo(Long.parseLong(root.getTraceId().substring(18), 16) >= 0xe6660000000000L);
				assertThat(root.getTraceFlags().isTraceIdRandom()).isTrue();
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "true, true, 0, true", "true, false, 1, false", "false, true, 0, false", "false, false, 1, true" })
	void remoteParentIsFollowedOrNot(boolean followsParent, boolean parentSampled, double probability,
			boolean sampled) {
		try (SdkTracerProvider provider = provider(FixedProbability.of(probability), followsParent,
				new SeededIds(4, true), 0)) {
			SpanContext span = root(provider, remote(parentSampled, TraceState.getDefault()));
			assertThat(span.isSampled()).isEqualTo(sampled);
			assertThat(span.getTraceId()).isEqualTo(TRACE_ID);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void localChildFollows(boolean followsParent) {
		HeadSampling everyOther = new HeadSampling() {

			private int count;

			@Override
			public Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
				return Chance.of(this.count++ % 2, "probability");
			}

		};
		try (SdkTracerProvider provider = provider(everyOther, followsParent, new SeededIds(5, true), 0)) {
			for (int i = 0; i < 10; i++) {
				Span root = provider.get("test").spanBuilder("root").setParent(Context.root()).startSpan();
				assertThat(root.getSpanContext().isSampled()).isEqualTo(i % 2 == 1);
				Span child = provider.get("test").spanBuilder("child").setParent(Context.root().with(root)).startSpan();
				SpanContext grandchild = root(provider, Context.root().with(child));
				assertThat(grandchild.isSampled()).isEqualTo(i % 2 == 1);
				assertThat(grandchild.getTraceState()).isEqualTo(root.getSpanContext().getTraceState());
			}
		}
	}

	@Test
	void explicitRandomnessDecidesInThePlaceOfTheTraceId() {
		try (SdkTracerProvider provider = provider(FixedProbability.of(0.5), false, new SeededIds(6, true), 0)) {
			String high = TRACE_ID.substring(0, 18) + "f0000000000000";
			assertThat(root(provider, remote(high, TraceState.getDefault())).isSampled()).isTrue();
			assertThat(root(provider, remote(high, state(LOW_RANDOMNESS))).isSampled()).isFalse();
			String low = TRACE_ID.substring(0, 18) + "10000000000000";
			assertThat(root(provider, remote(low, TraceState.getDefault())).isSampled()).isFalse();
			SpanContext sampled = root(provider, remote(low, state("rv:80000000000000;x:1")));
			assertThat(sampled.isSampled()).isTrue();
			assertThat(sampled.getTraceState().get("ot")).isEqualTo("th:8;rv:80000000000000;x:1");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void unsampledTraceHasNoThreshold(boolean followsParent) {
		try (SdkTracerProvider provider = provider(FixedProbability.of(0), followsParent, new SeededIds(7, true), 0)) {
			TraceState parent = TraceState.builder().put("vendor", "x").put("ot", "th:8;" + LOW_RANDOMNESS).build();
			TraceState state = root(provider, remote(false, parent)).getTraceState();
			assertThat(state.get("ot")).isEqualTo(LOW_RANDOMNESS);
			assertThat(state.get("vendor")).isEqualTo("x");
			assertThat(root(provider, remote(false, state("th:8"))).getTraceState().isEmpty()).isTrue();
		}
	}

	@Test
	void sampledParentsThresholdStaysWhereItIsFollowed() {
		try (SdkTracerProvider provider = provider(FixedProbability.of(0), true, new SeededIds(8, true), 0)) {
			assertThat(root(provider, remote(true, state("th:c"))).getTraceState().get("ot")).isEqualTo("th:c");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100 })
	void rootHasRandomnessOfItsOwnWhereTraceIdsAreNotRandom(int maxRepeatedSpans) {
		int sampled = 0;
		try (SdkTracerProvider provider = provider(FixedProbability.of(0.1), true, new SeededIds(9, false),
				maxRepeatedSpans)) {
			for (int i = 0; i < TRACES; i++) {
				Span span = provider.get("test").spanBuilder("root").setParent(Context.root()).startSpan();
				SpanContext root = span.getSpanContext();
				String text = String.valueOf(root.getTraceState().get("ot"));
				assertThat(text).matches(root.isSampled() ? "th:e666;rv:[0-9a-f]{14}" : "rv:[0-9a-f]{14}");
				long randomness = Long.parseLong(text.substring(text.indexOf("rv:") + 3), 16);
				assertThat(root.isSampled()).isEqualTo(randomness >= 0xe6660000000000L);
				assertThat(root.getTraceFlags().isTraceIdRandom()).isFalse();
				sampled += root.isSampled() ? 1 : 0;
				if (i < 100) {
					SpanContext child = root(provider, Context.root().with(span));
					assertThat(child.getTraceState().get("ot")).isEqualTo(text);
					assertThat(child.isSampled()).isEqualTo(root.isSampled());
				}
				span.end();
			}
		}
		assertThat((double) sampled).isCloseTo(TRACES * 0.1, within(SIGMAS * Math.sqrt(TRACES * 0.09)));
	}

	@Test
	void unsampledTraceKeepsItsRandomnessWhereItIsRecorded() {
		List<String> states = new ArrayList<>();
		UnsampledTraces recorded = () -> new SampledTraces((span) -> {
		});
		TraceSampler sampler = new TraceSampler(FixedProbability.of(0), true, recorded,
				new Folding(0, new SampledTraces((span) -> {
				})), () -> 0xabcL);
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.setSampler(sampler)
			.setIdGenerator(new SeededIds(10, false))
			.build()) {
			states.add(root(provider, Context.root()).getTraceState().get("ot"));
		}
		assertThat(states).containsExactly("rv:00000000000abc");
	}

	@Test
	void thereIsNoReasonWhereAllTracesAreSampled() {
		try (SdkTracerProvider provider = provider(FixedProbability.of(1), true, new SeededIds(12, true), 0)) {
			Span root = provider.get("test").spanBuilder("root").setParent(Context.root()).startSpan();
			assertThat(((ReadableSpan) root).getAttribute(Chance.REASON)).isNull();
		}
	}

	@Test
	void reasonIsOnTheRootOnly() {
		try (SdkTracerProvider provider = provider(FixedProbability.of(1, "strategy"), true, new SeededIds(12, true),
				0)) {
			Span root = provider.get("test").spanBuilder("root").setParent(Context.root()).startSpan();
			Span child = provider.get("test").spanBuilder("child").setParent(Context.root().with(root)).startSpan();
			assertThat(((ReadableSpan) root).getAttribute(Chance.REASON)).isEqualTo("strategy");
			assertThat(((ReadableSpan) child).getAttribute(Chance.REASON)).isNull();
		}
	}

	private static SpanContext root(SdkTracerProvider provider, Context parent) {
		Span span = provider.get("test").spanBuilder("span").setParent(parent).startSpan();
		span.end();
		return span.getSpanContext();
	}

	private static Context remote(boolean sampled, TraceState state) {
		return remote(TRACE_ID, sampled, state);
	}

	private static Context remote(String traceId, TraceState state) {
		return remote(traceId, false, state);
	}

	private static Context remote(String traceId, boolean sampled, TraceState state) {
		return Context.root()
			.with(Span.wrap(SpanContext.createFromRemoteParent(traceId, "1111111111111111",
					sampled ? TraceFlags.getSampled() : TraceFlags.getDefault(), state)));
	}

	private static TraceState state(String value) {
		return TraceState.builder().put("ot", value).build();
	}

	private static SdkTracerProvider provider(HeadSampling head, boolean followsParent, IdGenerator ids,
			int maxRepeatedSpans) {
		return SdkTracerProvider.builder()
			.setSampler(sampler(head, followsParent, maxRepeatedSpans, 11))
			.setIdGenerator(ids)
			.build();
	}

	private static TraceSampler sampler(HeadSampling head, boolean followsParent, int maxRepeatedSpans, long seed) {
		Random random = new Random(seed);
		return new TraceSampler(head, followsParent, UnsampledTraces.DROPPED,
				new Folding(maxRepeatedSpans, new SampledTraces((span) -> {
				})), () -> random.nextLong() >>> 8);
	}

	/**
	 * Ids that are the same in each run.
	 */
	private static final class SeededIds implements IdGenerator {

		private final Random random;

		private final boolean known;

		private SeededIds(long seed, boolean known) {
			this.random = new Random(seed);
			this.known = known;
		}

		@Override
		public String generateSpanId() {
			return SpanId.fromLong(this.random.nextLong() | 1);
		}

		@Override
		public String generateTraceId() {
			return TraceId.fromLongs(this.random.nextLong() | 1, this.known ? this.random.nextLong() : 1);
		}

		@Override
		public boolean generatesRandomTraceIds() {
			return this.known;
		}

	}

}
