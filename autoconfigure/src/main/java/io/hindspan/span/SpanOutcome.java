package io.hindspan.span;

import org.jspecify.annotations.Nullable;

/**
 * How the work of a span ended: well, or with an error that has a type and perhaps an
 * exception. Immutable.
 *
 * @param error whether the span's status is ERROR
 * @param type the {@code error.type}, or {@code null} to take it from the exception
 * @param exception the exception, or {@code null} where there is none
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/general/recording-errors/">
 * Recording errors</a>
 */
public record SpanOutcome(boolean error, @Nullable String type, @Nullable Throwable exception) {

	private static final SpanOutcome UNSET = new SpanOutcome(false, null, null);

	/**
	 * The work ended well: the status stays UNSET.
	 * @return the outcome
	 */
	public static SpanOutcome unset() {
		return UNSET;
	}

	/**
	 * The work ended with an exception, if there is one.
	 * @param exception the exception, or {@code null} where the work ended well
	 * @return the outcome
	 */
	public static SpanOutcome of(@Nullable Throwable exception) {
		return (exception != null) ? new SpanOutcome(true, null, exception) : UNSET;
	}

	/**
	 * The work ended with an error that is told by a code, such as an HTTP status.
	 * @param type the {@code error.type}
	 * @param exception the exception that was behind it, or {@code null} where there is
	 * none
	 * @return the outcome
	 */
	public static SpanOutcome failed(String type, @Nullable Throwable exception) {
		return new SpanOutcome(true, type, exception);
	}

}
