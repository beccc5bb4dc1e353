package io.hindspan.span;

/**
 * The attributes that tell of another attempt, on an event or on the span of the attempt.
 * The conventions have none.
 */
public final class RetryAttributes {

	/** The number of the attempt, 1 for the first. */
	public static final SemanticKey<Long> ATTEMPT = SemanticKey.number("retry.attempt");

	/** How many attempts there are at the most. */
	public static final SemanticKey<Long> MAX_ATTEMPTS = SemanticKey.number("retry.max_attempts");

	/** What the attempt before failed with. */
	public static final SemanticKey<String> REASON = SemanticKey.text("retry.reason");

	private RetryAttributes() {
	}

}
