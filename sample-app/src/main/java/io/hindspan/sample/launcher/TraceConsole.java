package io.hindspan.sample.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

/**
 * Receives the spans of all roles and prints each trace when nothing more of it has come
 * for a while. What comes later is printed as another part of the same trace.
 */
class TraceConsole implements AutoCloseable {

	private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

	/** Longer than an exporter keeps its spans. */
	private static final Duration QUIET = Duration.ofSeconds(2);

	/** For a trace whose root is missing: its request may be slow. */
	private static final Duration QUIET_WITHOUT_ROOT = Duration.ofSeconds(15);

	private static final int MAX_OPEN_TRACES = 100;

	private static final int MAX_SPANS_PER_TRACE = 1000;

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor();

	private final Map<String, OpenTrace> openTraces = new LinkedHashMap<>();

	private final PrintStream out;

	private final Duration quiet;

	private final Duration quietWithoutRoot;

	TraceConsole(PrintStream out) {
		this(out, QUIET, QUIET_WITHOUT_ROOT);
	}

	TraceConsole(PrintStream out, Duration quiet, Duration quietWithoutRoot) {
		this.out = out;
		this.quiet = quiet;
		this.quietWithoutRoot = quietWithoutRoot;
		this.poller.scheduleWithFixedDelay(this::poll, POLL_INTERVAL.toMillis(), POLL_INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	String endpoint() {
		return this.receiver.endpoint();
	}

	private synchronized void poll() {
		long now = System.nanoTime();
		receive(now);
		int excess = this.openTraces.size() - MAX_OPEN_TRACES;
		Iterator<OpenTrace> traces = this.openTraces.values().iterator();
		while (traces.hasNext()) {
			OpenTrace trace = traces.next();
			if (excess-- > 0 || trace.isFinished(now)) {
				traces.remove();
				this.out.println(trace.draw());
			}
		}
	}

	private void receive(long now) {
		for (RecordedSpan span : this.receiver.drain()) {
			this.openTraces.computeIfAbsent(span.traceId(), (id) -> new OpenTrace()).add(span, now);
		}
	}

	/**
	 * Prints what it still has, for the roles send the last of their spans when they
	 * stop.
	 */
	@Override
	public synchronized void close() {
		this.poller.shutdown();
		this.receiver.close();
		receive(System.nanoTime());
		this.openTraces.values().forEach((trace) -> this.out.println(trace.draw()));
		this.openTraces.clear();
	}

	private final class OpenTrace {

		private final List<RecordedSpan> spans = new ArrayList<>();

		private boolean hasRoot;

		private long lastArrival;

		void add(RecordedSpan span, long now) {
			this.spans.add(span);
			this.hasRoot |= span.parentSpanId() == null;
			this.lastArrival = now;
		}

		boolean isFinished(long now) {
			Duration quiet = this.hasRoot ? TraceConsole.this.quiet : TraceConsole.this.quietWithoutRoot;
			return now - this.lastArrival > quiet.toNanos() || this.spans.size() > MAX_SPANS_PER_TRACE;
		}

		String draw() {
			return TraceTree.draw(RecordedTrace.of(this.spans.get(0).traceId(), this.spans));
		}

	}

}
