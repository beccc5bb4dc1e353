package io.hindspan.sampling.tail;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.sampling.TraceSamplers;
import io.hindspan.span.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the decision on single traces, on the SDK's own spans and in simulated time.
 */
class LocalTraceTests {

	private static final Duration SLOW = Duration.ofSeconds(1);

	private static final Duration WAIT = Duration.ofSeconds(5);

	private static final long BUDGET = 100_000;

	private final AtomicLong nanos = new AtomicLong(1_000_000_000);

	private final List<SpanData> kept = Collections.synchronizedList(new ArrayList<>());

	private Runnable beforeEndIsTold = () -> {
	};

	private TailBuffer buffer;

	private SdkTracerProvider provider;

	private Tracer tracer;

	@BeforeEach
	void start() {
		start(new ErrorPolicy(), new SlowPolicy(SLOW, List.of()));
	}

	private void start(TailPolicy... policies) {
		start(Long.MAX_VALUE, policies);
	}

	private void start(long certainlySlow, TailPolicy... policies) {
		this.buffer = new TailBuffer(BUDGET, new TailPolicies(List.of(policies)),
				(ReadableSpan span) -> this.kept.add(span.toSpanData()), this.nanos::get);
		TailSamplingProcessor processor = new TailSamplingProcessor(this.buffer, WAIT, certainlySlow);
		Sampler sampler = TraceSamplers.never(processor);
		this.provider = SdkTracerProvider.builder()
			.setSampler(sampler)
			.setClock(new SimulatedClock())
			.addSpanProcessor(new BeforeEndIsTold())
			.addSpanProcessor(processor)
			.build();
		this.tracer = this.provider.get("test");
	}

	@AfterEach
	void stop() {
		this.provider.shutdown().join(10, TimeUnit.SECONDS);
	}

	@Test
	void healthyTraceIsDropped() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		assertThat(this.buffer.spans()).isEqualTo(1);
		root.end();
		assertThat(this.kept).isEmpty();
		assertThat(this.buffer.spans()).isZero();
		assertThat(this.buffer.bytes()).isZero();
		assertThat(this.buffer.statistics().dropped()).isEqualTo(1);
		assertThat(Verdict.of(root.getSpanContext())).satisfies((verdict) -> assertThat(verdict.isDropped()).isTrue());
	}

	@Test
	void whatBeginsInASlowTraceIsKept() {
		start(SLOW.toNanos(), new SlowPolicy(SLOW, List.of()));
		Span root = span("root", Context.root());
		Context context = Context.root().with(root);
		this.nanos.addAndGet(SLOW.toNanos() - 1);
		span("early", context).end();
		assertThat(Verdict.isKept(root.getSpanContext())).isFalse();
		this.nanos.addAndGet(1);
		Span call = span("call", context);
		assertThat(Verdict.isKept(call.getSpanContext())).isTrue();
		call.end();
		root.end();
		assertThat(names()).containsExactly("early", "call", "root");
		assertThat(this.kept.get(2).getAttributes().get(LocalTrace.REASON)).isEqualTo("slow");
	}

	@Test
	void decidedTracesLeaveTheQueueWithoutTheCleanUp() {
		for (int i = 0; i < 10_000; i++) {
			Span root = span("root", Context.root());
			span("child", Context.root().with(root)).end();
			root.end();
			assertThat(this.buffer.listed()).isLessThanOrEqualTo(1);
		}
		Span open = span("open", Context.root());
		span("child", Context.root().with(open)).end();
		Span later = span("later", Context.root());
		span("child", Context.root().with(later)).end();
		assertThat(this.buffer.listed()).isEqualTo(2);
	}

	@Test
	void errorKeepsWhatWasBeforeAndWhatComesAfter() {
		Span root = span("root", Context.root());
		Context context = Context.root().with(root);
		span("before", context).end();
		Span open = span("open", context);
		fail(span("failing", context));
		assertThat(names()).containsExactly("before", "failing");
		span("after", context).end();
		open.end();
		root.end();
		assertThat(names()).containsExactly("before", "failing", "open", "root");
		assertThat(this.kept).allSatisfy((span) -> {
			assertThat(span.getSpanContext().isSampled()).isTrue();
			assertThat(span.getSpanContext().getTraceState().isEmpty()).isTrue();
		});
		assertThat(reasons()).containsExactly("error");
		assertThat(this.kept.get(3).getAttributes().get(LocalTrace.REASON)).isEqualTo("error");
		assertThat(this.buffer.bytes()).isZero();
	}

	@Test
	void childThatBeginsAfterTheDecisionIsSampledFromTheStart() {
		Span root = span("root", Context.root());
		Context context = Context.root().with(root);
		fail(span("failing", context));
		Span after = span("after", context);
		assertThat(after.getSpanContext().isSampled()).isTrue();
		assertThat(Verdict.isKept(root.getSpanContext())).isTrue();
	}

	@Test
	void slowTraceIsKept() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		pass(SLOW.plusMillis(1));
		root.end();
		assertThat(names()).containsExactly("child", "root");
		assertThat(reasons()).containsExactly("slow");
	}

	@Test
	void slowChildAloneIsNoReason() {
		Span root = span("root", Context.root());
		Span late = span("late", Context.root().with(root));
		root.end();
		pass(SLOW.plusMillis(1));
		late.end();
		assertThat(this.kept).isEmpty();
	}

	@Test
	void errorOfALateSpanKeepsTheTrace() {
		Span root = span("root", Context.root());
		Span late = span("late", Context.root().with(root));
		root.end();
		assertThat(this.kept).isEmpty();
		fail(late);
		assertThat(names()).containsExactly("root", "late");
		assertThat(reasons()).containsExactly("error");
	}

	@Test
	void traceIsDroppedWhenItsLateSpansTakeTooLong() {
		Span root = span("root", Context.root());
		Span late = span("late", Context.root().with(root));
		root.end();
		pass(WAIT.minusMillis(1));
		this.buffer.expire(WAIT.toNanos(), Long.MAX_VALUE);
		assertThat(this.buffer.spans()).isEqualTo(1);
		pass(Duration.ofMillis(1));
		this.buffer.expire(WAIT.toNanos(), Long.MAX_VALUE);
		assertThat(this.buffer.spans()).isZero();
		fail(late);
		assertThat(this.kept).isEmpty();
		assertThat(this.buffer.statistics().lateSpans()).isEqualTo(1);
		assertThat(span("later", Context.root().with(root)).isRecording()).isFalse();
	}

	@Test
	void traceThatIsCertainlySlowIsKeptBeforeItEnds() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		pass(SLOW);
		this.buffer.expire(WAIT.toNanos(), SLOW.toNanos());
		assertThat(names()).containsExactly("child");
		root.end();
		assertThat(names()).containsExactly("child", "root");
	}

	@Test
	void rootThatEndedInTimeIsNotSlowWhenThatIsToldLate() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		this.beforeEndIsTold = () -> {
			pass(SLOW);
			this.buffer.expire(WAIT.toNanos(), SLOW.toNanos());
		};
		root.end();
		assertThat(this.kept).isEmpty();
		assertThat(this.buffer.statistics().dropped()).isEqualTo(1);
	}

	@Test
	void promotionKeepsTheTrace() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		assertThat(Verdict.keep(Context.root().with(root), "callee")).isTrue();
		assertThat(Verdict.keep(Context.root().with(root), "other")).isFalse();
		root.end();
		assertThat(names()).containsExactly("child", "root");
		assertThat(reasons()).containsExactly("callee");
	}

	@Test
	void tracesOfOneTraceIdAreDecidedEachOnItsOwn() {
		SpanContext remote = SpanContext.createFromRemoteParent("0".repeat(31) + "1", "0".repeat(15) + "1",
				TraceFlags.getDefault(),
				TraceState.builder().put("ot", "th:8;rv:00000000000001").put("a", "b").build());
		Context parent = Context.root().with(Span.wrap(remote));
		Span one = span("one", parent);
		Span other = span("other", parent);
		fail(span("failing", Context.root().with(one)));
		one.end();
		other.end();
		assertThat(names()).containsExactly("failing", "one");
		assertThat(this.kept.get(1).getSpanContext().getTraceState().asMap()).containsEntry("a", "b")
			.containsEntry("ot", "rv:00000000000001");
		assertThat(this.kept.get(1).getParentSpanContext().getSpanId()).isEqualTo(remote.getSpanId());
	}

	@Test
	void oldestTracesAreGivenUpForRoom() {
		Span oldest = span("oldest", Context.root());
		span("given up", Context.root().with(oldest)).end();
		List<Span> others = new ArrayList<>();
		while (this.buffer.statistics().spansGivenUp() == 0) {
			Span other = span("other", Context.root());
			span("child", Context.root().with(other)).end();
			others.add(other);
			assertThat(this.buffer.bytes()).isLessThanOrEqualTo(BUDGET);
		}
		assertThat(this.buffer.statistics().spansGivenUp()).isEqualTo(1);
		fail(span("failing", Context.root().with(oldest)));
		oldest.end();
		assertThat(names()).containsExactly("failing", "oldest");
		assertThat(this.kept.get(1).getAttributes().get(LocalTrace.LOST)).isEqualTo(1);
		others.forEach(LocalTraceTests::fail);
		assertThat(this.kept).hasSize(2 + 2 * others.size());
	}

	@Test
	void traceThatNeverEndsLosesItsOwnSpansAndNoOthers() {
		Span other = span("other", Context.root());
		span("child", Context.root().with(other)).end();
		Span root = span("root", Context.root());
		Context context = Context.root().with(root);
		for (int i = 0; i < 1000; i++) {
			span("child", context).end();
			assertThat(this.buffer.bytes()).isLessThanOrEqualTo(BUDGET);
		}
		fail(span("failing", context));
		root.end();
		long lost = this.buffer.statistics().spansGivenUp();
		assertThat(this.kept).hasSize((int) (1002 - lost));
		assertThat(this.kept.get(this.kept.size() - 1).getAttributes().get(LocalTrace.LOST)).isEqualTo(lost);
		assertThat(this.buffer.spans()).isEqualTo(1);
		fail(other);
		assertThat(this.kept).hasSize((int) (1004 - lost));
		assertThat(this.buffer.bytes()).isZero();
	}

	@Test
	void policyThatFailsIsNoReasonAndNoHarm() {
		stop();
		start((span, localRoot) -> {
			throw new IllegalStateException("policy");
		}, (span, localRoot) -> span.getName().equals("wanted") ? "wanted" : null);
		span("healthy", Context.root()).end();
		span("wanted", Context.root()).end();
		assertThat(names()).containsExactly("wanted");
		assertThat(reasons()).containsExactly("wanted");
	}

	@Test
	void shutdownDecidesWhatHasEnded() {
		Span healthy = span("healthy", Context.root());
		span("open", Context.root().with(healthy));
		healthy.end();
		this.provider.shutdown().join(10, TimeUnit.SECONDS);
		assertThat(this.kept).isEmpty();
		assertThat(this.buffer.spans()).isZero();
	}

	@Test
	void shutdownDecidesWhatIsStillOpen() {
		Span root = span("root", Context.root());
		span("child", Context.root().with(root)).end();
		this.provider.shutdown().join(10, TimeUnit.SECONDS);
		assertThat(this.kept).isEmpty();
		assertThat(this.buffer.spans()).isZero();
		assertThat(this.buffer.statistics().dropped()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 20_000, 80_000 })
	void spanThatIsLargerThanTheShareOfATraceTakesNobodysRoom(int length) {
		Span other = span("other", Context.root());
		span("child", Context.root().with(other)).end();
		Span root = span("root", Context.root());
		Context context = Context.root().with(root);
		span("small", context).end();
		span("large", context).setAttribute("text", "x".repeat(length)).end();
		assertThat(this.buffer.spans()).isEqualTo(2);
		assertThat(this.buffer.statistics().spansGivenUp()).isEqualTo(1);
		assertThat(this.buffer.bound().givenUp()).isEqualTo(1);
		assertThat(this.buffer.bound().current()).isEqualTo(this.buffer.bytes()).isPositive();
		fail(root);
		assertThat(names()).containsExactly("small", "root");
		assertThat(this.kept.get(1).getAttributes().get(LocalTrace.LOST)).isEqualTo(1);
	}

	@Test
	void attributesOfEveryTypeCount() {
		Span root = span("root", Context.root());
		Span child = span("child", Context.root().with(root));
		child.setAttribute(AttributeKey.valueKey("value"), Value
			.of(KeyValue.of("list", Value.of(List.of(Value.of(new byte[5_000]), Value.of("x".repeat(5_000)))))));
		child.end();
		assertThat(this.buffer.bytes()).isGreaterThan(15_000);
	}

	@Test
	void contextOfADecidedTraceHoldsNoSpan() {
		List<SpanContext> contexts = new ArrayList<>();
		WeakReference<Span> root = decidedRoot(contexts);
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			assertThat(root.get()).isNull();
		});
		assertThat(contexts).allSatisfy((context) -> assertThat(context.isValid()).isTrue());
	}

	private WeakReference<Span> decidedRoot(List<SpanContext> contexts) {
		Span root = span("root", Context.root());
		root.end();
		contexts.add(root.getSpanContext());
		return new WeakReference<>(root);
	}

	@Test
	void policyOfAMissingClassIsNoHarm() {
		stop();
		start((span, localRoot) -> {
			throw new NoClassDefFoundError("policy");
		});
		Span root = span("root", Context.root());
		assertThatNoException().isThrownBy(root::end);
	}

	@Test
	void expiryGoesOnAfterAFault() {
		AtomicInteger faults = new AtomicInteger();
		this.buffer = new TailBuffer(BUDGET, new TailPolicies(List.of()), (span) -> {
			if (faults.getAndIncrement() == 0) {
				throw new IllegalStateException("exporter");
			}
			this.kept.add(span.toSpanData());
		}, this.nanos::get);
		TailSamplingProcessor processor = new TailSamplingProcessor(this.buffer, WAIT, 1);
		stop();
		this.provider = SdkTracerProvider.builder()
			.setSampler(TraceSamplers.never(processor))
			.addSpanProcessor(processor)
			.build();
		this.tracer = this.provider.get("test");
		span("child", Context.root().with(span("first", Context.root()))).end();
		Awaitility.await().until(() -> faults.get() == 1);
		span("child", Context.root().with(span("second", Context.root()))).end();
		Awaitility.await().untilAsserted(() -> assertThat(names()).containsExactly("child"));
	}

	private Span span(String name, Context parent) {
		return this.tracer.spanBuilder(name).setParent(parent).startSpan();
	}

	private static void fail(Span span) {
		span.setStatus(StatusCode.ERROR);
		span.end();
	}

	private void pass(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	private List<String> names() {
		return this.kept.stream().map(SpanData::getName).toList();
	}

	private List<String> reasons() {
		return this.kept.stream()
			.map((span) -> span.getAttributes().get(LocalTrace.REASON))
			.filter((reason) -> reason != null)
			.toList();
	}

	private final class BeforeEndIsTold implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			LocalTraceTests.this.beforeEndIsTold.run();
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

	}

	private final class SimulatedClock implements Clock {

		@Override
		public long now() {
			return LocalTraceTests.this.nanos.get();
		}

		@Override
		public long nanoTime() {
			return LocalTraceTests.this.nanos.get();
		}

	}

}
