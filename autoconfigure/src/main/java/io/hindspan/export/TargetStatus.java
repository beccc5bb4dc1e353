package io.hindspan.export;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How it stands with a target, and what the log says of it: a line for each change, and
 * of a target that changes all the time a line a minute. Thread-safe.
 */
final class TargetStatus {

	private static final Logger logger = LoggerFactory.getLogger("io.hindspan.export");

	private static final int MAX_LINES_AT_ONCE = 6;

	private static final Duration LINE_EVERY = Duration.ofMinutes(1);

	private final String target;

	private final Clock clock;

	private State state = State.REACHED;

	/** What the log said last, which may be behind. */
	private State said = State.REACHED;

	private boolean full;

	private int lines = MAX_LINES_AT_ONCE;

	private Instant refilled;

	private @Nullable Instant failingSince;

	private @Nullable Instant lastSuccess;

	private @Nullable Instant lastFailure;

	private @Nullable String lastError;

	TargetStatus(String target, Clock clock) {
		this.target = target;
		this.clock = clock;
		this.refilled = clock.instant();
	}

	/**
	 * The target has taken a batch.
	 * @param empty whether nothing waits any more
	 */
	synchronized void succeeded(boolean empty) {
		this.lastSuccess = this.clock.instant();
		this.state = State.REACHED;
		if (this.said != State.REACHED && mayBeSaid()) {
			this.said = State.REACHED;
			Duration failing = Duration.between((this.failingSince != null) ? this.failingSince : this.lastSuccess,
					this.lastSuccess);
			logger.info("Target '{}' takes spans again, after {} s.", this.target, failing.toSeconds());
		}
		this.failingSince = null;
		if (empty) {
			this.full = false;
		}
	}

	/**
	 * A batch could not be sent, or not be taken.
	 * @param next what it means
	 */
	synchronized void failed(State next, SendFailure failure) {
		Instant now = this.clock.instant();
		this.lastFailure = now;
		this.lastError = failure.reason();
		if (this.failingSince == null) {
			this.failingSince = now;
		}
		this.state = next;
		if (this.said != next && mayBeSaid()) {
			this.said = next;
			logger.warn("Target '{}' {}. {}", this.target, failure.reason(), next.consequence);
		}
	}

	/**
	 * Spans were given up for want of room.
	 */
	synchronized void full(int maxQueueSize) {
		if (!this.full && mayBeSaid()) {
			this.full = true;
			logger.warn(
					"The queue of target '{}' is full with {} spans. The oldest are given up and counted in "
							+ "hindspan.export.spans.dropped; hindspan.export.max-queue-size is the limit.",
					this.target, maxQueueSize);
		}
	}

	/**
	 * Spans were given up because the application ends.
	 */
	synchronized void abandoned(long spans) {
		logger.warn("{} spans for target '{}' could not be sent before the end.", spans, this.target);
	}

	private boolean mayBeSaid() {
		Instant now = this.clock.instant();
		long minutes = Duration.between(this.refilled, now).dividedBy(LINE_EVERY);
		if (minutes > 0) {
			this.lines = (int) Math.min(MAX_LINES_AT_ONCE, this.lines + minutes);
			this.refilled = this.refilled.plus(LINE_EVERY.multipliedBy(minutes));
		}
		if (this.lines == 0) {
			return false;
		}
		this.lines--;
		return true;
	}

	synchronized State state() {
		return this.state;
	}

	synchronized @Nullable Instant lastSuccess() {
		return this.lastSuccess;
	}

	synchronized @Nullable Instant lastFailure() {
		return this.lastFailure;
	}

	synchronized @Nullable String lastError() {
		return this.lastError;
	}

	/**
	 * How it stands with a target.
	 */
	enum State {

		/** It takes spans, or has not been asked yet. */
		REACHED(""),

		/** It takes none at the moment. */
		UNREACHED("Spans for it wait and are sent again."),

		/** It refuses spans. */
		REFUSING("Spans that it refuses are given up and counted in hindspan.export.spans.dropped.");

		private final String consequence;

		State(String consequence) {
			this.consequence = consequence;
		}

	}

}
