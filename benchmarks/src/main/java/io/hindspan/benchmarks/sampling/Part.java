package io.hindspan.benchmarks.sampling;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What one service did in one trace, and whether the specification of sampling has it
 * exported. Immutable once all has ended.
 */
final class Part {

	/** In 56 bits, as {@code tracestate} tells it: {@code ot=th:fd70a}. */
	private static final long THRESHOLD = 0xfd70a000000000L;

	private static final int RANDOM_DIGITS = 14;

	private static final int RADIX = 16;

	/** How far two clocks may differ on when a span began. */
	private static final Duration TOLERANCE = Duration.ofMillis(10);

	private final Service service;

	private final String traceId;

	private final Work work;

	private final List<EndedSpan> spans;

	private final boolean failed;

	Part(Service service, String traceId, Work work, List<EndedSpan> spans, boolean failed) {
		this.service = service;
		this.traceId = traceId;
		this.work = work;
		this.spans = spans;
		this.failed = failed;
	}

	Service service() {
		return this.service;
	}

	Work work() {
		return this.work;
	}

	int size() {
		return this.spans.size();
	}

	Set<String> spanIds() {
		return this.spans.stream().map(EndedSpan::spanId).collect(Collectors.toSet());
	}

	List<EndedSpan> localRoots() {
		return this.spans.stream().filter(EndedSpan::localRoot).toList();
	}

	/**
	 * Why it must be exported, or {@code null} if it must not.
	 */
	@Nullable Reason reason() {
		if (isSampled(this.traceId)) {
			return Reason.HEAD;
		}
		if (isAskedFor()) {
			return Reason.CALLER;
		}
		if (hasErrorBefore(Long.MAX_VALUE)) {
			return Reason.ERROR;
		}
		if (takesAtLeast(Simulation.SLOW.plusNanos(1))) {
			return Reason.SLOW;
		}
		return this.work.hadHeardOfKept(Long.MAX_VALUE) ? Reason.CALLEE : null;
	}

	boolean isKept() {
		return reason() != null;
	}

	/**
	 * Whether it took so nearly the threshold that it depends on the clock.
	 */
	boolean isUndecided() {
		return reason() == null && takesAtLeast(Simulation.SLOW.minus(TOLERANCE));
	}

	/** Whether the head decision takes a trace. */
	static boolean isSampled(String traceId) {
		return Long.parseLong(traceId.substring(traceId.length() - RANDOM_DIGITS), RADIX) >= THRESHOLD;
	}

	/** Whether its caller said that he keeps. The reason is then to be found there. */
	boolean isAskedFor() {
		TraceHeader incoming = this.work.incoming();
		return incoming != null && incoming.sampled();
	}

	private boolean takesAtLeast(Duration duration) {
		return localRoots().stream().anyMatch((root) -> root.duration().compareTo(duration) >= 0);
	}

	private boolean hasErrorBefore(long tick) {
		return this.spans.stream().anyMatch((span) -> span.error() && span.tick() < tick);
	}

	/**
	 * Whether the service has to know by now that it keeps its part. What it may find out
	 * by its own clock, that it is slow, it need not know at any time.
	 */
	private boolean isKnownToBeKeptAt(long tick) {
		return isSampled(this.traceId) || isAskedFor() || hasErrorBefore(tick) || this.work.hadHeardOfKept(tick);
	}

	/** Whether it has to tell a service that it calls. */
	boolean mustTell(Service called) {
		return isKnownToBeKeptAt(this.work.calledAt(called));
	}

	/** Whether it has to tell its caller in its response. */
	boolean mustAnswer() {
		return this.failed || isKnownToBeKeptAt(this.work.answeredAt());
	}

	@Override
	public String toString() {
		Reason reason = reason();
		return this.service + ((reason != null) ? " (kept: " + reason + ", " : " (dropped, ")
				+ localRoots().stream().map((root) -> root.name() + " " + root.duration().toMillis() + " ms").toList()
				+ ")";
	}

	enum Reason {

		/** The trace is sampled. */
		HEAD,

		/** The caller kept his part when he called. */
		CALLER,

		/** A span failed. */
		ERROR,

		/** The local root was slow. */
		SLOW,

		/** A called service said that it keeps its part. */
		CALLEE

	}

}
