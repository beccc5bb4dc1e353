package io.hindspan.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hindspan.CollectingExporter;
import io.hindspan.span.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for spans of loops, in simulated time.
 */
class FoldingTests {

	private static final int LIMIT = 3;

	private final AtomicLong nanos = new AtomicLong(1_000_000_000);

	private final List<SpanData> exported = new ArrayList<>();

	private SdkTracerProvider provider;

	private Tracer tracer;

	@BeforeEach
	void start() {
		SimpleSpanProcessor exporting = SimpleSpanProcessor.builder(new CollectingExporter(this.exported)).build();
		this.provider = SdkTracerProvider.builder()
			.setSampler(TraceSamplers.of(1, LIMIT, UnsampledTraces.DROPPED, exporting::onEnd))
			.setClock(new SimulatedClock())
			.addSpanProcessor(new FoldingProcessor())
			.addSpanProcessor(exporting)
			.build();
		this.tracer = this.provider.get("test");
	}

	@AfterEach
	void stop() {
		this.provider.shutdown().join(10, TimeUnit.SECONDS);
	}

	@Test
	void longLoopIsSummedUpOnItsSlowestSpan() {
		Span root = span("root", Context.root());
		for (int i = 1; i <= 10_000; i++) {
			end(span("SELECT tasks", under(root)), (i == 5_000) ? 70 : 1 + i % 2);
		}
		root.end();
		assertThat(names()).containsExactly("SELECT tasks", "SELECT tasks", "SELECT tasks", "SELECT tasks", "root");
		SpanData slowest = this.exported.get(3);
		assertThat(slowest.getEndEpochNanos() - slowest.getStartEpochNanos()).isEqualTo(70_000_000);
		assertThat(slowest.getParentSpanId()).isEqualTo(root.getSpanContext().getSpanId());
		assertThat(slowest.getSpanContext().isSampled()).isTrue();
		assertThat(slowest.getAttributes().get(FoldedSpans.COUNT)).isEqualTo(9_997);
		assertThat(slowest.getAttributes().get(FoldedSpans.ERRORS)).isZero();
		assertThat(slowest.getAttributes().get(FoldedSpans.MIN)).isEqualTo(0.001);
		assertThat(slowest.getAttributes().get(FoldedSpans.MAX)).isEqualTo(0.07);
		assertThat(slowest.getAttributes().get(FoldedSpans.SUM)).isBetween(14.9, 15.2);
	}

	@Test
	void errorsOfALoopAreKept() {
		Span root = span("root", Context.root());
		for (int i = 1; i <= 100; i++) {
			Span span = span("call", under(root));
			if (i == 50 || i == 60) {
				span.setStatus(StatusCode.ERROR);
			}
			end(span, 1);
		}
		root.end();
		assertThat(names()).hasSize(3 + 2 + 1 + 1);
		assertThat(this.exported).filteredOn((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR).hasSize(2);
		assertThat(summary("call").getAttributes().get(FoldedSpans.ERRORS)).isEqualTo(2);
	}

	@Test
	void whatIsBeneathAFoldedSpanIsFoldedToo() {
		Span root = span("root", Context.root());
		for (int i = 1; i <= 20; i++) {
			Span step = span("step", under(root));
			end(span("query", under(step)), i);
			end(step, 1);
		}
		root.end();
		assertThat(names()).containsOnlyOnce("root");
		assertThat(names()).filteredOn("step"::equals).hasSize(LIMIT + 1);
		assertThat(names()).filteredOn("query"::equals).hasSize(LIMIT + 1);
		SpanData query = summary("query");
		assertThat(query.getAttributes().get(FoldedSpans.COUNT)).isEqualTo(17);
		assertThat(query.getParentSpanId()).isEqualTo(root.getSpanContext().getSpanId());
		assertThat(this.exported)
			.allSatisfy((span) -> assertThat(span.getTotalAttributeCount()).isEqualTo(span.getAttributes().size()));
	}

	@Test
	void shortLoopsAreLeftAlone() {
		Span root = span("root", Context.root());
		for (String name : new String[] { "a", "b", "c" }) {
			for (int i = 0; i < LIMIT; i++) {
				end(span(name, under(root)), 1);
			}
		}
		root.end();
		assertThat(this.exported).hasSize(10)
			.allSatisfy((span) -> assertThat(span.getAttributes().get(FoldedSpans.COUNT)).isNull());
	}

	@Test
	void callMadeInAFoldedSpanIsToldToBeSampled() {
		Span root = span("root", Context.root());
		Span last = root;
		for (int i = 0; i <= LIMIT; i++) {
			last = span("call", under(root));
			end(last, 1);
		}
		assertThat(last.getSpanContext().isSampled()).isFalse();
		assertThat(Verdict.isKept(last.getSpanContext())).isTrue();
	}

	@Test
	void namesWithoutNumberAreNotFolded() {
		Span root = span("root", Context.root());
		for (int i = 0; i < 1000; i++) {
			end(span("name " + i, under(root)), 1);
		}
		root.end();
		assertThat(this.exported).hasSize(1001);
	}

	private SpanData summary(String name) {
		return this.exported.stream()
			.filter((span) -> span.getName().equals(name) && span.getAttributes().get(FoldedSpans.COUNT) != null)
			.findFirst()
			.orElseThrow();
	}

	private Span span(String name, Context parent) {
		return this.tracer.spanBuilder(name).setParent(parent).startSpan();
	}

	private static Context under(Span span) {
		return Context.root().with(span);
	}

	private void end(Span span, long millis) {
		this.nanos.addAndGet(millis * 1_000_000);
		span.end();
	}

	private List<String> names() {
		return this.exported.stream().map(SpanData::getName).toList();
	}

	private final class SimulatedClock implements Clock {

		@Override
		public long now() {
			return FoldingTests.this.nanos.get();
		}

		@Override
		public long nanoTime() {
			return FoldingTests.this.nanos.get();
		}

	}

}
