package io.hindspan.sampling;

/**
 * Thresholds of consistent probability sampling: a trace is sampled if its 56 bits of
 * randomness are not below the threshold, so that of two services with one trace id the
 * one with the lower probability keeps a part of what the other keeps.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/">
 * TraceState: Probability Sampling</a>
 */
final class Threshold {

	/** The threshold of probability 0, which no trace reaches. */
	static final long NEVER = 1L << 56;

	/** The threshold of probability 1. */
	static final long ALWAYS = 0;

	private static final int DIGITS = 14;

	/** Significant digits that are kept behind leading {@code f}s. */
	private static final int PRECISION = 4;

	private static final double RANGE = 0x1p56;

	private static final String HEX = "0123456789abcdef";

	private Threshold() {
	}

	/**
	 * The threshold of a probability, as exact as its text in a header.
	 * @param probability from 0 to 1
	 * @return the threshold, from {@link #ALWAYS} to {@link #NEVER}
	 */
	static long of(double probability) {
		if (probability >= 1) {
			return ALWAYS;
		}
		long accepted = (long) (probability * RANGE);
		if (accepted <= 0) {
			return NEVER;
		}
		long threshold = NEVER - accepted;
		int digits = Math.min(leadingFs(threshold) + PRECISION, DIGITS);
		int rest = 4 * (DIGITS - digits);
		long half = (rest > 0) ? 1L << (rest - 1) : 0;
		long rounded = (threshold + half) >>> rest << rest;
		return (rounded < NEVER) ? rounded : threshold >>> rest << rest;
	}

	private static int leadingFs(long threshold) {
		int count = 0;
		while (count < DIGITS && (threshold >>> (4 * (DIGITS - 1 - count)) & 0xf) == 0xf) {
			count++;
		}
		return count;
	}

	/**
	 * The probability of a threshold.
	 * @param threshold the threshold
	 * @return the probability, from 0 to 1
	 */
	static double probability(long threshold) {
		return (NEVER - threshold) / RANGE;
	}

	/**
	 * The text of a threshold: hexadecimal digits without zeros at the end.
	 * @param threshold the threshold, below {@link #NEVER}
	 * @return the text, {@code 0} for {@link #ALWAYS}
	 */
	static String text(long threshold) {
		if (threshold == ALWAYS) {
			return "0";
		}
		char[] digits = new char[DIGITS];
		int length = 0;
		for (int i = 0; i < DIGITS; i++) {
			digits[i] = HEX.charAt((int) (threshold >>> (4 * (DIGITS - 1 - i)) & 0xf));
			if (digits[i] != '0') {
				length = i + 1;
			}
		}
		return new String(digits, 0, length);
	}

	/**
	 * The randomness of a trace id: its last 56 bits.
	 * @param traceId the trace id in hexadecimal digits
	 * @return the randomness, from 0 to 2^56 - 1
	 */
	static long randomness(String traceId) {
		return randomness(traceId, traceId.length() - DIGITS);
	}

	/**
	 * Reads randomness, or a threshold of full length.
	 * @param text the text
	 * @param start where 14 lower-case hexadecimal digits start
	 * @return the value, or -1 if they are no such digits
	 */
	static long randomness(String text, int start) {
		long value = 0;
		for (int i = start; i < start + DIGITS; i++) {
			int digit = digit(text.charAt(i));
			if (digit < 0) {
				return -1;
			}
			value = value << 4 | digit;
		}
		return value;
	}

	private static int digit(char character) {
		if (character >= '0' && character <= '9') {
			return character - '0';
		}
		return (character >= 'a' && character <= 'f') ? character - 'a' + 10 : -1;
	}

}
