package io.hindspan.benchmarks.sampling;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongSupplier;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.jspecify.annotations.Nullable;

/**
 * What happened, as the services themselves noted it: all spans that were recorded, and
 * what the application did and saw. One clock of ticks puts all of it in order.
 * Thread-safe.
 */
final class Journal {

	private final AtomicLong ticks = new AtomicLong();

	private final ConcurrentMap<SpanKey, Queue<EndedSpan>> spans = new ConcurrentHashMap<>();

	private final ConcurrentMap<WorkKey, Work> works = new ConcurrentHashMap<>();

	private final Semaphore ended = new Semaphore(0);

	private final LongAccumulator mostBytes = new LongAccumulator(Long::max, 0);

	private final Map<Service, LongSupplier> bytes = new EnumMap<>(Service.class);

	Work begins(Order order, Service service, @Nullable String traceParent) {
		Work work = new Work(this.ticks::incrementAndGet, TraceHeader.parse(traceParent));
		this.works.put(new WorkKey(order.number(), service), work);
		return work;
	}

	/**
	 * Looks at what a service's buffer holds whenever a span has ended there.
	 */
	synchronized void watch(Service service, LongSupplier bytes) {
		this.bytes.put(service, bytes);
	}

	SpanProcessor processor(Service service) {
		return new SpanProcessor() {

			@Override
			public void onStart(Context parentContext, ReadWriteSpan span) {
			}

			@Override
			public boolean isStartRequired() {
				return false;
			}

			@Override
			public void onEnd(ReadableSpan span) {
				ended(service, span);
			}

			@Override
			public boolean isEndRequired() {
				return true;
			}

		};
	}

	private void ended(Service service, ReadableSpan span) {
		EndedSpan ended = EndedSpan.of(span.toSpanData(), this.ticks.incrementAndGet());
		this.spans
			.computeIfAbsent(new SpanKey(span.getSpanContext().getTraceId(), service),
					(key) -> new ConcurrentLinkedQueue<>())
			.add(ended);
		LongSupplier bytes = this.bytes.get(service);
		if (bytes != null) {
			this.mostBytes.accumulate(bytes.getAsLong());
		}
		this.ended.release();
	}

	/**
	 * Waits until a number of spans have ended since the last time.
	 * @return whether they have
	 */
	boolean awaitSpans(int count, Duration timeout) {
		try {
			return this.ended.tryAcquire(count, timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for spans", ex);
		}
	}

	List<EndedSpan> spans(String traceId, Service service) {
		Queue<EndedSpan> spans = this.spans.get(new SpanKey(traceId, service));
		return (spans != null) ? List.copyOf(spans) : List.of();
	}

	/**
	 * What a service noted of a request.
	 */
	@Nullable Work work(Order order, Service service) {
		return this.works.get(new WorkKey(order.number(), service));
	}

	/**
	 * The most bytes that a buffer held since the last time.
	 */
	long mostBytes() {
		return this.mostBytes.getThenReset();
	}

	/**
	 * Forgets everything.
	 */
	void clear() {
		this.spans.clear();
		this.works.clear();
		this.ended.drainPermits();
	}

	private record SpanKey(String traceId, Service service) {

	}

	private record WorkKey(int order, Service service) {

	}

}
