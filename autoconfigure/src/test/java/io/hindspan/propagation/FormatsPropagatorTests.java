package io.hindspan.propagation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties.Propagation.PropagationType;

import io.hindspan.propagation.PropagationProperties.Format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link FormatsPropagator}.
 */
class FormatsPropagatorTests {

	private static final String W3C = "00-11111111111111111111111111111111-1111111111111111-01";

	private static final String B3 = "22222222222222222222222222222222-2222222222222222-1";

	private static final String B3_TRACE_ID = "33333333333333333333333333333333";

	private static final String B3_SPAN_ID = "3333333333333333";

	private final TracingProperties properties = new TracingProperties();

	private PropagationProperties more = new PropagationProperties(true, List.of(), List.of(), List.of(), List.of());

	@Test
	void readsW3cBeforeB3() {
		Headers headers = all();
		assertThat(traceId(headers)).startsWith("111");
	}

	@Test
	void readsB3WithoutW3c() {
		assertThat(traceId(Headers.of("b3", B3))).startsWith("222");
		assertThat(traceId(Headers.of("X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID))).startsWith("333");
		assertThat(traceId(
				Headers.of("b3", B3, "X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID, "X-B3-Sampled", "1")))
			.startsWith("222");
	}

	@Test
	void readsShortB3TraceId() {
		assertThat(traceId(Headers.of("b3", "2222222222222222-2222222222222222-1")))
			.isEqualTo("00000000000000002222222222222222");
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "00-00000000000000000000000000000000-1111111111111111-01", "" })
	void readsB3BesideMalformedTraceparent(String traceparent) {
		assertThat(traceId(Headers.of("traceparent", traceparent, "b3", B3))).startsWith("222");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "d", "nonsense", "", "-", "----",
			"00000000000000000000000000000000-2222222222222222-1",
			"22222222222222222222222222222222-0000000000000000-1",
			"22222222222222222222222222222222-2222222222222222-1-2222222222222222-2", "\uffff",
			"22222222222222222222222222222222-222222222222222\uffff-1" })
	void readsSeveralB3HeadersBesideUselessSingleOne(String single) {
		assertThat(traceId(Headers.of("b3", single, "X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID)))
			.startsWith("333");
	}

	@Test
	void ignoresOverlongAndOddB3() {
		assertThat(context(Headers.of("b3", B3 + "-" + "2".repeat(16))).isValid()).isTrue();
		assertThat(context(Headers.of("b3", B3 + "-" + "2".repeat(17))).isValid()).isFalse();
		assertThat(context(Headers.of("b3", "-".repeat(1_000_000))).isValid()).isFalse();
		assertThat(context(Headers.of("X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", "333333333333333\uffff")).isValid())
			.isFalse();
		assertThat(context(Headers.of("X-B3-TraceId", "3".repeat(33), "X-B3-SpanId", B3_SPAN_ID)).isValid()).isFalse();
	}

	@Test
	void readsBaggageBesideEveryFormat() {
		this.properties.getBaggage().setRemoteFields(List.of("x-tenant"));
		for (Headers headers : List.of(all(), Headers.of("b3", B3),
				Headers.of("X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID))) {
			headers.and("baggage", "key=value").and("x-tenant", "acme");
			assertThat(context(headers).isValid()).isTrue();
			assertThat(baggage(headers)).containsOnly(entry("key", "value"), entry("x-tenant", "acme"));
		}
	}

	@Test
	void readsBaggageAlone() {
		Headers headers = Headers.of("baggage", "key=value");
		assertThat(context(headers).isValid()).isFalse();
		assertThat(baggage(headers)).containsOnly(entry("key", "value"));
	}

	@Test
	void readsB3BesideMalformedBaggage() {
		Headers headers = Headers.of("baggage", "%,=;", "b3", B3);
		assertThat(context(headers).isValid()).isTrue();
		assertThat(baggage(headers)).isEmpty();
	}

	@Test
	void leavesBaggageAloneIfItIsOff() {
		this.properties.getBaggage().setEnabled(false);
		this.properties.getBaggage().setRemoteFields(List.of("x-tenant"));
		assertThat(baggage(Headers.of("traceparent", W3C, "baggage", "key=value", "x-tenant", "acme"))).isEmpty();
		assertThat(inject().names()).containsExactly("traceparent");
	}

	@Test
	void readsWhatIsToBeConsumed() {
		this.properties.getPropagation()
			.setConsume(List.of(PropagationType.B3_MULTI, PropagationType.W3C, PropagationType.B3));
		assertThat(traceId(Headers.of("X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID, "traceparent", W3C)))
			.startsWith("333");
		this.properties.getPropagation().setConsume(List.of(PropagationType.W3C));
		assertThat(context(Headers.of("b3", B3)).isValid()).isFalse();
		this.properties.getPropagation().setConsume(List.of(PropagationType.B3));
		assertThat(context(Headers.of("traceparent", W3C)).isValid()).isFalse();
		assertThat(inject().names()).containsExactly("traceparent", "baggage");
	}

	@Test
	void writesW3cUnlessToldOtherwise() {
		assertThat(inject().names()).containsExactly("traceparent", "baggage");
	}

	@Test
	void writesWhatIsToBeProduced() {
		this.properties.getBaggage().setRemoteFields(List.of("key"));
		this.properties.getPropagation().setProduce(List.of(PropagationType.B3));
		assertThat(inject().names()).containsExactly("b3", "key");
		this.properties.getPropagation().setProduce(List.of(PropagationType.B3_MULTI));
		assertThat(inject().names()).containsExactlyInAnyOrder("X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "key");
		this.properties.getPropagation().setProduce(List.of(PropagationType.B3, PropagationType.W3C));
		assertThat(inject().names()).containsExactly("b3", "traceparent", "baggage", "key");
	}

	@ParameterizedTest
	@EnumSource
	void readsAndWritesTheOneType(PropagationType type) {
		this.properties.getPropagation().setType(List.of(type));
		Headers headers = inject();
		assertThat(traceId(headers)).isEqualTo("44444444444444444444444444444444");
		assertThat(context(headers).isSampled()).isTrue();
		if (type != PropagationType.W3C) {
			assertThat(context(Headers.of("traceparent", W3C)).isValid()).isFalse();
			assertThat(headers.names()).doesNotContain("traceparent");
		}
	}

	@Test
	void passesOnB3Debugging() {
		this.properties.getPropagation().setType(List.of(PropagationType.B3));
		FormatsPropagator propagator = propagator();
		Headers headers = Headers.of();
		propagator.inject(propagator.extract(Context.root(), Headers.of("b3", B3.replace("-1", "-d")), Headers.GETTER),
				headers, Headers.SETTER);
		assertThat(headers.values("b3")).singleElement().asString().endsWith("-d");
	}

	@Test
	void readsAndWritesNothingWithoutType() {
		this.properties.getPropagation().setType(List.of());
		assertThat(context(all()).isValid()).isFalse();
		assertThat(inject().names()).isEmpty();
		assertThat(propagator().fields()).isEmpty();
	}

	@Test
	void keepsSpanOfContextWithoutHeaders() {
		Context context = Context.root()
			.with(Span.wrap(SpanContext.create("44444444444444444444444444444444", "4444444444444444",
					TraceFlags.getSampled(), TraceState.getDefault())));
		assertThat(
				propagator().extract(context, Headers.of("b3", "0".repeat(32) + "-" + "0".repeat(16)), Headers.GETTER))
			.isSameAs(context);
	}

	@Test
	void namesItsFields() {
		this.properties.getBaggage().setRemoteFields(List.of("x-tenant"));
		assertThat(propagator().fields()).contains("traceparent", "tracestate", "baggage", "x-tenant", "b3");
	}

	@ParameterizedTest
	@EnumSource
	void readsAndWritesWhatComesBesides(Format format) {
		this.more = new PropagationProperties(true, List.of(format, format), List.of(format, format), List.of(),
				List.of());
		Headers headers = inject();
		assertThat(headers.names()).hasSize(3).contains("traceparent", "baggage");
		this.properties.getPropagation().setType(List.of(PropagationType.B3));
		assertThat(context(headers).getTraceId()).isEqualTo("44444444444444444444444444444444");
		assertThat(context(headers).getSpanId()).isEqualTo("4444444444444444");
		assertThat(context(headers).isSampled()).isTrue();
		assertThat(context(headers).isRemote()).isTrue();
		assertThat(traceId(headers.and("b3", B3))).startsWith("222");
	}

	@Test
	void readsAndWritesOtherFormatsAlone() {
		this.properties.getPropagation().setType(List.of());
		this.more = new PropagationProperties(true, List.of(Format.XRAY), List.of(Format.JAEGER), List.of(), List.of());
		assertThat(inject().names()).containsExactly("X-Amzn-Trace-Id");
		assertThat(traceId(Headers.of("uber-trace-id", "55555555555555555555555555555555:5555555555555555:0:1")))
			.startsWith("555");
		assertThat(context(Headers.of("X-Amzn-Trace-Id",
				"Root=1-66666666-666666666666666666666666;Parent=6666666666666666;Sampled=1"))
			.isValid()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":", ":::", "0:0:0:0", "nonsense", "5555555555555555:5555555555555555:0",
			"55555555555555555555555555555555:5555555555555555:0:\uffff", "%3A%3A%3A", "%", "5%3A5%3A0%3",
			"%EF%BF%BF%3A5%3A0%3A1" })
	void readsNothingOfMalformedJaeger(String header) {
		this.more = new PropagationProperties(true, List.of(), List.of(Format.JAEGER), List.of(), List.of());
		assertThat(context(Headers.of("uber-trace-id", header)).isValid()).isFalse();
		assertThat(context(Headers.of("uber-trace-id", "5".repeat(1_000_000))).isValid()).isFalse();
	}

	@Test
	void readsJaegersShortAndEncodedIds() {
		this.more = new PropagationProperties(true, List.of(), List.of(Format.JAEGER), List.of(), List.of());
		assertThat(traceId(Headers.of("uber-trace-id", "5%3A6%3A0%3A1"))).isEqualTo("0".repeat(31) + "5");
		assertThat(context(Headers.of("uber-trace-id", "5:6:0:0")).isSampled()).isFalse();
	}

	@Test
	void leavesJaegersBaggageAlone() {
		this.more = new PropagationProperties(true, List.of(Format.JAEGER), List.of(Format.JAEGER), List.of(),
				List.of());
		assertThat(inject().names()).containsExactly("traceparent", "uber-trace-id", "baggage");
		assertThat(baggage(Headers.of("uber-trace-id", "5:6:0:1", "uberctx-user", "secret", "jaeger-baggage", "k=v")))
			.isEmpty();
	}

	private FormatsPropagator propagator() {
		return FormatsPropagator.of(this.properties, this.more);
	}

	private static Headers all() {
		return Headers.of("X-B3-TraceId", B3_TRACE_ID, "X-B3-SpanId", B3_SPAN_ID, "b3", B3, "traceparent", W3C);
	}

	private String traceId(Headers headers) {
		return context(headers).getTraceId();
	}

	private SpanContext context(Headers headers) {
		return Span.fromContext(extract(headers)).getSpanContext();
	}

	private Map<String, String> baggage(Headers headers) {
		Map<String, String> entries = new TreeMap<>();
		Baggage.fromContext(extract(headers)).forEach((key, entry) -> entries.put(key, entry.getValue()));
		return entries;
	}

	private Context extract(Headers headers) {
		return propagator().extract(Context.root(), headers, Headers.GETTER);
	}

	private Headers inject() {
		Context context = Context.root()
			.with(Span.wrap(SpanContext.create("44444444444444444444444444444444", "4444444444444444",
					TraceFlags.getSampled(), TraceState.getDefault())))
			.with(Baggage.builder().put("key", "value").build());
		Headers headers = Headers.of();
		propagator().inject(context, headers, Headers.SETTER);
		return headers;
	}

}
