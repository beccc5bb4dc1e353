package io.hindspan.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceContextPropagator}, with the cases of the specification and of
 * the public conformance suite.
 */
class TraceContextPropagatorTests {

	private static final String TRACE_ID = "12345678901234567890123456789012";

	private static final String SPAN_ID = "1234567890123456";

	private static final String VALID = "00-" + TRACE_ID + "-" + SPAN_ID + "-01";

	private final TraceContextPropagator propagator = new TraceContextPropagator();

	@Test
	void readsTraceparent() {
		SpanContext spanContext = extract(VALID);
		assertThat(spanContext.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(spanContext.getSpanId()).isEqualTo(SPAN_ID);
		assertThat(spanContext.isSampled()).isTrue();
		assertThat(spanContext.isRemote()).isTrue();
		assertThat(spanContext.getTraceState().isEmpty()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT" })
	void readsHeaderNameInAnyCase(String name) {
		assertThat(extract(Headers.of(name, VALID)).isValid()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "trace-parent", "trace.parent", "trace_parent", "traceparent2" })
	void ignoresOtherHeaderNames(String name) {
		assertThat(extract(Headers.of(name, VALID)).isValid()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { " " + VALID, "\t" + VALID, VALID + " ", VALID + "\t", "\t " + VALID + " \t" })
	void ignoresWhiteSpaceAround(String header) {
		assertThat(extract(header).getTraceId()).isEqualTo(TRACE_ID);
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// version 00 is exactly this long
			VALID + ".", VALID + "-", VALID + "-what-the-future-will-be-like", VALID + "," + VALID,
			// version
			"ff-12345678901234567890123456789012-1234567890123456-01",
			"ff-12345678901234567890123456789012-1234567890123456-01-00",
			"FF-12345678901234567890123456789012-1234567890123456-01",
			"CC-12345678901234567890123456789012-1234567890123456-01",
			".0-12345678901234567890123456789012-1234567890123456-01",
			"0.-12345678901234567890123456789012-1234567890123456-01",
			"000-12345678901234567890123456789012-1234567890123456-01",
			"0000-12345678901234567890123456789012-1234567890123456-01",
			"0-12345678901234567890123456789012-1234567890123456-01",
			"-12345678901234567890123456789012-1234567890123456-01",
			"12345678901234567890123456789012-1234567890123456-01",
			// trace id
			"00-00000000000000000000000000000000-1234567890123456-01",
			"00-.2345678901234567890123456789012-1234567890123456-01",
			"00-1234567890123456789012345678901.-1234567890123456-01",
			"00-123456789012345678901234567890123-1234567890123456-01",
			"00-1234567890123456789012345678901-1234567890123456-01",
			"00-1234567890123456789012345678901A-1234567890123456-01",
			"00-1234567890123456789012345678901g-1234567890123456-01",
			// span id
			"00-12345678901234567890123456789012-0000000000000000-01",
			"00-12345678901234567890123456789012-.234567890123456-01",
			"00-12345678901234567890123456789012-123456789012345.-01",
			"00-12345678901234567890123456789012-12345678901234567-01",
			"00-12345678901234567890123456789012-123456789012345-01",
			"00-12345678901234567890123456789012-123456789012345F-01",
			// flags
			"00-12345678901234567890123456789012-1234567890123456-.0",
			"00-12345678901234567890123456789012-1234567890123456-0.",
			"00-12345678901234567890123456789012-1234567890123456-001",
			"00-12345678901234567890123456789012-1234567890123456-1",
			"00-12345678901234567890123456789012-1234567890123456-0A",
			"00-12345678901234567890123456789012-1234567890123456-",
			"00-12345678901234567890123456789012-1234567890123456",
			// dashes
			"00_12345678901234567890123456789012-1234567890123456-01",
			"00-12345678901234567890123456789012_1234567890123456-01",
			"00-12345678901234567890123456789012-1234567890123456_01",
			"00-12345678901234567890123456789012 -1234567890123456-01",
			// digits of other scripts
			"00-1234567890123456789012345678901\u0662-1234567890123456-01",
			"\u0660\u0660-12345678901234567890123456789012-1234567890123456-01",
			"00-12345678901234567890123456789012-1234567890123456-\uff10\uff11",
			"00-12345678901234567890123456789012-123456789012345\uffff-01", "", " ", "-", "---", "00" })
	void beginsAnewOnMalformedTraceparent(String header) {
		assertThat(extract(header).isValid()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "cc-12345678901234567890123456789012-1234567890123456-01",
			"cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
			"01-12345678901234567890123456789012-1234567890123456-01-",
			"fe-12345678901234567890123456789012-1234567890123456-ff-\u20ac" })
	void readsLaterVersion(String header) {
		SpanContext spanContext = extract(header);
		assertThat(spanContext.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(spanContext.isSampled()).isTrue();
		assertThat(inject(spanContext).values("traceparent")).singleElement().asString().startsWith("00-").hasSize(55);
	}

	@ParameterizedTest
	@ValueSource(strings = { "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
			"cc-12345678901234567890123456789012-1234567890123456-011",
			"cc-12345678901234567890123456789012-1234567890123456-0",
			"cc-00000000000000000000000000000000-1234567890123456-01-x" })
	void beginsAnewOnMalformedLaterVersion(String header) {
		assertThat(extract(header).isValid()).isFalse();
	}

	@Test
	void bearsWithLaterVersionUpToItsLimit() {
		String header = "cc" + VALID.substring(2) + "-";
		assertThat(extract(header + "x".repeat(TraceContextPropagator.MAX_LENGTH - header.length())).isValid())
			.isTrue();
		assertThat(extract(header + "x".repeat(TraceContextPropagator.MAX_LENGTH - header.length() + 1)).isValid())
			.isFalse();
		assertThat(extract(" ".repeat(1_000_000) + VALID).isValid()).isFalse();
	}

	@Test
	void beginsAnewOnSeveralTraceparents() {
		assertThat(extract(Headers.of("traceparent", VALID, "traceparent", VALID.replace("9012-", "9011-"))).isValid())
			.isFalse();
		assertThat(extract(Headers.of("traceparent", VALID, "traceparent", VALID)).isValid()).isFalse();
		assertThat(extract(Headers.of("traceparent", VALID, "TraceParent", "")).isValid()).isFalse();
	}

	@Test
	void readsFromGetterThatKnowsOneValue() {
		Headers headers = Headers.of("traceparent", VALID, "tracestate", "foo=1", "tracestate", "bar=2");
		SpanContext spanContext = Span
			.fromContext(this.propagator.extract(Context.root(), headers, Headers.FIRST_VALUE_GETTER))
			.getSpanContext();
		assertThat(spanContext.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(spanContext.getTraceState().asMap()).containsOnlyKeys("foo");
	}

	@Test
	void leavesContextAloneWithoutTraceparent() {
		Context context = Context.root().with(Span.wrap(extract(VALID)));
		assertThat(this.propagator.extract(context, Headers.of(), Headers.GETTER)).isSameAs(context);
		assertThat(this.propagator.extract(context, Headers.of("traceparent", "nonsense"), Headers.GETTER))
			.isSameAs(context);
		assertThat(this.propagator.extract(context, Headers.of("tracestate", "foo=1"), Headers.GETTER))
			.isSameAs(context);
		assertThat(this.propagator.extract(context, null, Headers.GETTER)).isSameAs(context);
	}

	@ParameterizedTest
	@CsvSource({ "00,00", "01,01", "02,02", "03,03", "04,00", "05,01", "ff,03", "fe,02", "fc,00" })
	void keepsKnownFlagsOnly(String received, String sent) {
		SpanContext spanContext = extract(VALID.substring(0, 53) + received);
		assertThat(spanContext.getTraceFlags().asHex()).isEqualTo(sent);
		assertThat(inject(spanContext).values("traceparent")).containsExactly(VALID.substring(0, 53) + sent);
	}

	@Test
	void sendsKnownFlagsOnly() {
		SpanContext spanContext = SpanContext.create(TRACE_ID, SPAN_ID, TraceFlags.fromHex("ff", 0),
				TraceState.getDefault());
		assertThat(inject(spanContext).values("traceparent")).containsExactly(VALID.substring(0, 53) + "03");
	}

	@Test
	void sendsWhatItReceived() {
		Headers headers = inject(extract(Headers.of("traceparent", VALID, "tracestate", "foo=1, bar= 2 ")));
		assertThat(headers.values("traceparent")).containsExactly(VALID);
		assertThat(headers.values("tracestate")).containsExactly("foo=1,bar= 2");
	}

	@Test
	void sendsTracestateOfOtherMake() {
		TraceState traceState = TraceState.builder().put("bar", "2").put("foo", "1").build();
		SpanContext spanContext = SpanContext.create(TRACE_ID, SPAN_ID, TraceFlags.getSampled(), traceState);
		assertThat(inject(spanContext).values("tracestate")).containsExactly("foo=1,bar=2");
	}

	@Test
	void sendsNoEmptyTracestate() {
		assertThat(inject(extract(Headers.of("traceparent", VALID, "tracestate", ""))).names())
			.containsExactly("traceparent");
	}

	@Test
	void sendsNothingWithoutSpan() {
		assertThat(inject(SpanContext.getInvalid()).names()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo", "foo=", "FOO=1", "foo=1,=2", "@foo=1", "foo=bar=baz" })
	void keepsTraceparentBesideMalformedTracestate(String tracestate) {
		SpanContext spanContext = extract(Headers.of("traceparent", VALID, "tracestate", tracestate));
		assertThat(spanContext.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(spanContext.getTraceState().isEmpty()).isTrue();
	}

	@Test
	void namesItsFields() {
		assertThat(this.propagator.fields()).containsExactly("traceparent", "tracestate");
	}

	private SpanContext extract(String traceparent) {
		return extract(Headers.of("traceparent", traceparent));
	}

	private SpanContext extract(Headers headers) {
		return Span.fromContext(this.propagator.extract(Context.root(), headers, Headers.GETTER)).getSpanContext();
	}

	private Headers inject(SpanContext spanContext) {
		Headers headers = Headers.of();
		this.propagator.inject(Context.root().with(Span.wrap(spanContext)), headers, Headers.SETTER);
		return headers;
	}

}
