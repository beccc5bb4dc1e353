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
 * Tests for {@link XRayPropagator}.
 */
class XRayPropagatorTests {

	private static final String TRACE_ID = "5759e988bd862e3fe1be46a994272793";

	private static final String ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";

	private final XRayPropagator propagator = new XRayPropagator();

	@ParameterizedTest
	@CsvSource({ "1, true", "0, false" })
	void writesAndReads(String sampled, boolean isSampled) {
		SpanContext span = SpanContext.create(TRACE_ID, "53995c3f42cd8ad8",
				isSampled ? TraceFlags.getSampled() : TraceFlags.getDefault(), TraceState.getDefault());
		Headers headers = Headers.of();
		this.propagator.inject(Context.root().with(Span.wrap(span)), headers, Headers.SETTER);
		assertThat(headers.values("X-Amzn-Trace-Id"))
			.containsExactly(ROOT + ";Parent=53995c3f42cd8ad8;Sampled=" + sampled);
		SpanContext read = read(headers.values("X-Amzn-Trace-Id").get(0));
		assertThat(read.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(read.getSpanId()).isEqualTo("53995c3f42cd8ad8");
		assertThat(read.isSampled()).isEqualTo(isSampled);
		assertThat(read.isRemote()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Parent=53995c3f42cd8ad8;Sampled=1;" + ROOT, ROOT + "; Parent=53995c3f42cd8ad8; Sampled=1",
			"Self=1-5759e988-bd862e3fe1be46a994272799;" + ROOT
					+ ";Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1|68fd508a:5" })
	void readsFieldsInAnyOrderAndOthersBeside(String header) {
		SpanContext read = read(header);
		assertThat(read.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(read.getSpanId()).isEqualTo("53995c3f42cd8ad8");
		assertThat(read.isSampled()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { ROOT + ";Parent=53995c3f42cd8ad8", ROOT + ";Parent=53995c3f42cd8ad8;Sampled=?",
			ROOT + ";Parent=53995c3f42cd8ad8;Sampled=" })
	void openDecisionIsNotSampled(String header) {
		assertThat(read(header).isValid()).isTrue();
		assertThat(read(header).isSampled()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ";", "=", "nonsense", ROOT, "Parent=53995c3f42cd8ad8",
			"Root=1-5759e988-bd862e3fe1be46a99427279;Parent=53995c3f42cd8ad8",
			"Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
			"Root=1-5759e988bd862e3fe1be46a9942727931;Parent=53995c3f42cd8ad8",
			"Root=1-5759E988-BD862E3FE1BE46A994272793;Parent=53995c3f42cd8ad8",
			"Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8", ROOT + ";Parent=0000000000000000",
			ROOT + ";Parent=53995c3f42cd8ad", ROOT + ";Parent=\uffff\uffff" })
	void malformedHeaderIsNone(String header) {
		assertThat(read(header).isValid()).isFalse();
	}

	@Test
	void overlongHeaderIsNone() {
		String valid = ROOT + ";Parent=53995c3f42cd8ad8;Sampled=1;";
		assertThat(read(valid + "x".repeat(XRayPropagator.MAX_LENGTH - valid.length())).isValid()).isTrue();
		assertThat(read(valid + "x".repeat(XRayPropagator.MAX_LENGTH - valid.length() + 1)).isValid()).isFalse();
		assertThat(read(";".repeat(1_000_000)).isValid()).isFalse();
	}

	@Test
	void nothingIsWrittenWithoutASpan() {
		Headers headers = Headers.of();
		this.propagator.inject(Context.root(), headers, Headers.SETTER);
		assertThat(headers.names()).isEmpty();
	}

	private SpanContext read(String header) {
		return Span
			.fromContext(this.propagator.extract(Context.root(), Headers.of("X-Amzn-Trace-Id", header), Headers.GETTER))
			.getSpanContext();
	}

}
