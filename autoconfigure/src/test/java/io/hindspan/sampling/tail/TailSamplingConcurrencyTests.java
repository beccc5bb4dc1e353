package io.hindspan.sampling.tail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hindspan.sampling.FoldingProcessor;
import io.hindspan.sampling.TraceSamplers;
import io.hindspan.span.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for traces whose spans begin and end on many threads at once.
 */
class TailSamplingConcurrencyTests {

	private static final int THREADS = 8;

	private static final int TRACES = 4_000;

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	private final Queue<ReadableSpan> exported = new ConcurrentLinkedQueue<>();

	/** How many spans each trace has that must be kept. */
	private final Map<String, Integer> expected = new ConcurrentHashMap<>();

	private TailBuffer buffer;

	private SdkTracerProvider provider;

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.provider.shutdown().join(10, TimeUnit.SECONDS);
	}

	private void start(long budget) {
		this.buffer = new TailBuffer(budget, new TailPolicies(List.of(new ErrorPolicy())), this.exported::add,
				System::nanoTime);
		TailSamplingProcessor tail = new TailSamplingProcessor(this.buffer, Duration.ofMinutes(1), Long.MAX_VALUE);
		this.provider = SdkTracerProvider.builder()
			.setSampler(TraceSamplers.of(0, 0, tail, this.exported::add))
			.addSpanProcessor(new FoldingProcessor())
			.addSpanProcessor(tail)
			.addSpanProcessor(new SampledSpans(this.exported))
			.build();
	}

	@Test
	void everySpanOfAKeptTraceIsExportedOnceAndNoneOfADroppedOne() throws Exception {
		start(1L << 30);
		run();
		assertThat(exportedPerTrace()).isEqualTo(this.expected);
		assertThat(this.exported).extracting((span) -> span.getSpanContext().getSpanId()).doesNotHaveDuplicates();
		assertThat(this.buffer.statistics().spansGivenUp()).isZero();
		assertThat(this.buffer.spans()).isZero();
		assertThat(this.buffer.bytes()).isZero();
	}

	@Test
	void whatIsMissingUnderPressureIsCounted() throws Exception {
		start(20_000);
		run();
		Map<String, Integer> found = exportedPerTrace();
		assertThat(found.keySet()).isEqualTo(this.expected.keySet());
		long missing = this.expected.entrySet()
			.stream()
			.mapToLong((entry) -> entry.getValue() - found.get(entry.getKey()))
			.sum();
		assertThat(missing).isPositive().isLessThanOrEqualTo(this.buffer.statistics().spansGivenUp());
		assertThat(this.buffer.spans()).isZero();
		assertThat(this.buffer.bytes()).isZero();
	}

	private Map<String, Integer> exportedPerTrace() {
		return this.exported.stream()
			.collect(Collectors.toMap((span) -> span.getSpanContext().getTraceId(), (span) -> 1, Integer::sum));
	}

	private void run() throws Exception {
		Tracer tracer = this.provider.get("test");
		List<Future<?>> all = new ArrayList<>();
		for (int i = 0; i < TRACES; i++) {
			Random random = new Random(i);
			all.add(this.threads.submit(() -> trace(tracer, random)));
		}
		for (Future<?> one : all) {
			one.get(30, TimeUnit.SECONDS);
		}
	}

	/**
	 * A trace whose children are ended by other threads than the one that began them, in
	 * any order, and whose root may end before them.
	 */
	private Object trace(Tracer tracer, Random random) {
		Span root = tracer.spanBuilder("root").setParent(Context.root()).startSpan();
		int children = random.nextInt(12);
		boolean failing = random.nextInt(10) == 0;
		if (failing) {
			this.expected.put(root.getSpanContext().getTraceId(), children + 1);
		}
		List<Span> open = new ArrayList<>();
		for (int i = 0; i < children; i++) {
			open.add(tracer.spanBuilder("child " + i % 3).setParent(Context.root().with(root)).startSpan());
		}
		List<Runnable> ends = new ArrayList<>();
		open.forEach((span) -> ends.add(span::end));
		ends.add(() -> {
			if (failing) {
				root.setStatus(StatusCode.ERROR);
			}
			root.end();
		});
		Collections.shuffle(ends, random);
		ends.parallelStream().forEach(Runnable::run);
		Verdict verdict = Verdict.of(root.getSpanContext());
		assertThat(verdict).isNotNull();
		assertThat(verdict.isKept()).isEqualTo(failing);
		assertThat(verdict.isDropped()).isEqualTo(!failing);
		return root;
	}

}
