package io.hindspan.store;

import org.jspecify.annotations.Nullable;

/**
 * How a condition compares.
 */
enum QueryOperator {

	/** Has the value. */
	EQUAL("="),

	/** Has another value. */
	DIFFERENT("!="),

	/** Has more. */
	GREATER(">"),

	/** Has as much or more. */
	AT_LEAST(">="),

	/** Has less. */
	LESS("<"),

	/** Has as much or less. */
	AT_MOST("<="),

	/** Contains the text, in upper or lower case. */
	CONTAINS("~"),

	/** Has a value, but none that contains the text. */
	LACKS("!~");

	private final String sign;

	QueryOperator(String sign) {
		this.sign = sign;
	}

	boolean isOrder() {
		return this == GREATER || this == AT_LEAST || this == LESS || this == AT_MOST;
	}

	/**
	 * Whether it is the opposite of another one, among what has a value at all.
	 */
	boolean isNegative() {
		return this == DIFFERENT || this == LACKS;
	}

	/**
	 * Whether the outcome of a comparison is what is asked for.
	 * @param order negative for less than the operand, positive for more
	 */
	boolean holds(int order) {
		return switch (this) {
			case EQUAL -> order == 0;
			case DIFFERENT -> order != 0;
			case GREATER -> order > 0;
			case AT_LEAST -> order >= 0;
			case LESS -> order < 0;
			case AT_MOST -> order <= 0;
			case CONTAINS, LACKS -> false;
		};
	}

	/**
	 * The operator whose sign stands at a place.
	 * @return the one with the longest sign, or {@code null} if there is none
	 */
	static @Nullable QueryOperator at(String text, int position) {
		QueryOperator found = null;
		for (QueryOperator operator : values()) {
			if (text.startsWith(operator.sign, position)
					&& (found == null || operator.sign.length() > found.sign.length())) {
				found = operator;
			}
		}
		return found;
	}

	int length() {
		return this.sign.length();
	}

	@Override
	public String toString() {
		return this.sign;
	}

}
