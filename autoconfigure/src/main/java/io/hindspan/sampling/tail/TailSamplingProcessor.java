package io.hindspan.sampling.tail;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.jspecify.annotations.Nullable;

import io.hindspan.core.FaultGuard;
import io.hindspan.sampling.FoldingProcessor;
import io.hindspan.sampling.TraceSpans;
import io.hindspan.sampling.UnsampledTraces;
import io.hindspan.span.Verdict;

/**
 * Holds the spans that are recorded though not sampled until it is known whether they are
 * worth keeping. Sampled spans are no business of it. Thread-safe.
 */
final class TailSamplingProcessor implements SpanProcessor, UnsampledTraces {

	/** In milliseconds. */
	private static final long PERIOD = 100;

	private final TailBuffer buffer;

	private final long decisionWait;

	private final long certainlySlow;

	private final ScheduledExecutorService executor;

	private final FaultGuard guard = new FaultGuard("traces that wait for their decision");

	private volatile boolean shutDown;

	TailSamplingProcessor(TailBuffer buffer, Duration decisionWait, long certainlySlow) {
		this.buffer = buffer;
		this.decisionWait = TimeUnit.NANOSECONDS.convert(decisionWait);
		this.certainlySlow = certainlySlow;
		this.executor = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "hindspan-tail-sampling");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.scheduleWithFixedDelay(this::expire, PERIOD, PERIOD, TimeUnit.MILLISECONDS);
	}

	@Override
	public @Nullable TraceSpans begin() {
		return this.shutDown ? null : new LocalTrace(this.buffer);
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		LocalTrace trace = traceOf(span);
		if (trace != null) {
			trace.started(span, this.certainlySlow);
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		LocalTrace trace = traceOf(span);
		if (trace != null) {
			trace.ended(span);
		}
	}

	private static @Nullable LocalTrace traceOf(ReadableSpan span) {
		SpanContext context = span.getSpanContext();
		return (!context.isSampled() && !FoldingProcessor.isFolded(context)
				&& Verdict.of(context) instanceof LocalTrace trace) ? trace : null;
	}

	TailBuffer buffer() {
		return this.buffer;
	}

	private void expire() {
		// An executor never again does what has failed once
		this.guard.run(() -> this.buffer.expire(this.decisionWait, this.certainlySlow));
	}

	@Override
	public CompletableResultCode shutdown() {
		this.shutDown = true;
		this.executor.shutdownNow();
		this.buffer.shutDown(this.certainlySlow);
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public String toString() {
		return "TailSamplingProcessor";
	}

}
