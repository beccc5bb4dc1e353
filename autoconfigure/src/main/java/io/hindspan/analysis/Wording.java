package io.hindspan.analysis;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * How findings write figures and texts.
 */
final class Wording {

	private static final int LONGEST_TEXT = 300;

	private Wording() {
	}

	/**
	 * A duration with two or three digits, such as {@code 1.4 s} or {@code 120 ms}.
	 */
	static String time(long nanos) {
		double micros = nanos / 1_000.0;
		if (micros < 1_000) {
			return digits(micros) + " µs";
		}
		return (micros < 1_000_000) ? digits(micros / 1_000) + " ms" : digits(micros / 1_000_000) + " s";
	}

	private static String digits(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.1f" : "%.0f", value);
	}

	static String percent(double share) {
		return Math.round(share * 100) + " %";
	}

	/**
	 * A text that may be long, cut.
	 */
	static String cut(String text) {
		return (text.length() > LONGEST_TEXT) ? text.substring(0, LONGEST_TEXT) + "…" : text;
	}

	static String count(int count, String one, String many) {
		return (count == 1) ? "one " + one : count + " " + many;
	}

	/**
	 * The name of a service as a sentence says it.
	 */
	static String orElse(@Nullable String text, String otherwise) {
		return (text != null && !text.isEmpty()) ? text : otherwise;
	}

}
