package io.hindspan.explorer;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.hindspan.core.Bound;

/**
 * What was logged within recent traces: the newest lines, no more of them than have room,
 * and none that are old. Nobody who logs waits for anything here. Thread-safe.
 */
final class CapturedLogs {

	/** A trace that logs without end takes no other's room. */
	static final int MOST_LINES = 1000;

	private static final Duration OLDEST = Duration.ofHours(1);

	/** What a line takes besides its texts. */
	private static final int OVERHEAD = 200;

	private final ConcurrentLinkedQueue<Line> lines = new ConcurrentLinkedQueue<>();

	private final ConcurrentMap<String, Counts> counts = new ConcurrentHashMap<>();

	private final AtomicLong bytes = new AtomicLong();

	private final LongAdder forgotten = new LongAdder();

	private final long maxBytes;

	private final UnaryOperator<String> guard;

	private final Clock clock;

	CapturedLogs(long maxBytes, UnaryOperator<String> guard, Clock clock) {
		this.maxBytes = maxBytes;
		this.guard = guard;
		this.clock = clock;
	}

	/**
	 * The bound that it keeps.
	 */
	Bound bound() {
		return new Bound("Log lines of traces", Bound.Unit.BYTES, bytes(), this.maxBytes, this.forgotten.sum(),
				"lines forgotten", "hindspan.explorer.log-memory");
	}

	void add(Line line) {
		Counts counts = this.counts.compute(line.traceId(), (id, known) -> ((known != null) ? known : Counts.NONE)
			.plus(known == null || known.kept() < MOST_LINES));
		if (counts.rejectedLast()) {
			return;
		}
		this.lines.add(line);
		this.bytes.addAndGet(line.size());
		evict();
	}

	private void evict() {
		long oldest = Parameters.nanos(this.clock.instant()) - OLDEST.toNanos();
		Line first = this.lines.peek();
		while (first != null && (this.bytes.get() > this.maxBytes || first.time() < oldest)) {
			// Another thread may have taken the one that was looked at
			Line removed = this.lines.poll();
			if (removed != null) {
				if (this.bytes.getAndAdd(-removed.size()) > this.maxBytes) {
					this.forgotten.increment();
				}
				this.counts.computeIfPresent(removed.traceId(), (id, known) -> known.minus());
			}
			first = this.lines.peek();
		}
	}

	/**
	 * Writes what was logged within a trace.
	 * @param start the trace's start, nanoseconds since the epoch
	 */
	Json toJson(String traceId, long start) {
		evict();
		List<Line> found = new ArrayList<>();
		for (Line line : this.lines) {
			if (line.traceId().equals(traceId)) {
				found.add(line);
			}
		}
		Json json = new Json().object().name("logs").array();
		for (Line line : found) {
			json.object()
				.member("time", line.time() - start)
				.member("level", line.level())
				.member("logger", line.logger())
				.member("thread", line.thread())
				.member("message", this.guard.apply(line.message()))
				.optional("spanId", line.spanId());
			if (line.throwable() != null) {
				json.member("throwable", this.guard.apply(line.throwable()));
			}
			json.endObject();
		}
		Counts counts = this.counts.get(traceId);
		return json.endArray().member("dropped", (counts != null) ? counts.dropped() : 0).endObject();
	}

	void clear() {
		Line line = this.lines.poll();
		while (line != null) {
			this.bytes.addAndGet(-line.size());
			line = this.lines.poll();
		}
		this.counts.clear();
	}

	long bytes() {
		return this.bytes.get();
	}

	int traces() {
		return this.counts.size();
	}

	/**
	 * A logged line.
	 *
	 * @param traceId the id of the trace
	 * @param spanId the id of the span, or {@code null} if it is not known
	 * @param time when it was, nanoseconds since the epoch
	 * @param level the level
	 * @param logger the logger's name
	 * @param thread the thread's name
	 * @param message the message with its arguments
	 * @param throwable the exception with its stack trace, or {@code null} for none
	 */
	record Line(String traceId, @Nullable String spanId, long time, String level, String logger, String thread,
			String message, @Nullable String throwable) {

		int size() {
			return OVERHEAD + 2 * (this.message.length() + ((this.throwable != null) ? this.throwable.length() : 0));
		}

	}

	/**
	 * How many lines of a trace there are.
	 *
	 * @param kept how many are here
	 * @param dropped how many are not any more, or never were
	 * @param rejectedLast whether the last one was not taken
	 */
	private record Counts(int kept, int dropped, boolean rejectedLast) {

		static final Counts NONE = new Counts(0, 0, false);

		Counts plus(boolean taken) {
			return new Counts(this.kept + (taken ? 1 : 0), this.dropped + (taken ? 0 : 1), !taken);
		}

		@Nullable Counts minus() {
			return (this.kept <= 1) ? null : new Counts(this.kept - 1, this.dropped + 1, this.rejectedLast);
		}

	}

}
