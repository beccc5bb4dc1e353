package io.hindspan.export;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Why a batch, or a part of it, has not reached a target. It travels as the cause of an
 * exporter's failure, so it has no stack trace: a backend may be away for days.
 */
final class SendFailure extends IOException {

	private static final int MAX_CAUSES = 8;

	private final Kind kind;

	private final @Nullable Duration retryAfter;

	private final long rejected;

	private SendFailure(Kind kind, String reason, @Nullable Duration retryAfter, long rejected) {
		super(reason);
		this.kind = kind;
		this.retryAfter = retryAfter;
		this.rejected = rejected;
	}

	/**
	 * A failure that a later attempt may not have.
	 * @param reason what to say of it, a part of a sentence about the target
	 * @param retryAfter how long the target asks to be left alone, if it does
	 */
	static SendFailure passing(String reason, @Nullable Duration retryAfter) {
		return new SendFailure(Kind.PASSING, reason, retryAfter, 0);
	}

	/**
	 * A failure that every later attempt would have, too.
	 */
	static SendFailure lasting(String reason) {
		return new SendFailure(Kind.LASTING, reason, null, 0);
	}

	/**
	 * The target has taken the batch but for some spans.
	 */
	static SendFailure partial(long rejected, String reason) {
		return new SendFailure(Kind.PARTIAL, reason, null, rejected);
	}

	/**
	 * What the failure of an exporter means, be it one of Hindspan's or not.
	 */
	static SendFailure of(@Nullable Throwable failure) {
		IOException io = null;
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof SendFailure known) {
				return known;
			}
			if (io == null && cause instanceof IOException found) {
				io = found;
			}
			cause = cause.getCause();
		}
		if (io != null) {
			return passing("cannot be reached (" + describe(io) + ")", null);
		}
		return new SendFailure(Kind.UNKNOWN, "fails" + ((failure != null) ? " (" + describe(failure) + ")" : ""), null,
				0);
	}

	private static String describe(Throwable failure) {
		String message = failure.getMessage();
		String type = failure.getClass().getSimpleName();
		if (failure instanceof ConnectException && message == null) {
			// Java's client says no more
			return (failure.getCause() instanceof UnresolvedAddressException) ? "unknown host" : "no connection";
		}
		return (message != null) ? type + ": " + ReplyText.printable(message) : type;
	}

	Kind kind() {
		return this.kind;
	}

	String reason() {
		return String.valueOf(getMessage());
	}

	@Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * How many spans of the batch the target has not taken, where it has taken others.
	 */
	long rejected() {
		return this.rejected;
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

	/**
	 * What may be done about a failure.
	 */
	enum Kind {

		/** Try again for as long as there is room. */
		PASSING,

		/** Nothing: another attempt would fail, too. */
		LASTING,

		/** Nothing: what could be taken has been taken. */
		PARTIAL,

		/** Try again, but not for ever: the exporter does not say why it failed. */
		UNKNOWN

	}

}
