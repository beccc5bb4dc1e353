package io.hindspan.store;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Numbers and durations as a query and the texts of attributes write them.
 */
final class QueryNumber {

	/** No number of more characters is read. */
	private static final int MAX_LENGTH = 40;

	private QueryNumber() {
	}

	/**
	 * Reads a number in decimal notation.
	 * @return a {@code Long} where it is whole and fits, else a {@code Double}, or
	 * {@code null} if it is none
	 */
	static @Nullable Number parse(String text) {
		int end = end(text, 0);
		if (end != text.length() || end == 0 || end > MAX_LENGTH) {
			return null;
		}
		try {
			return Long.valueOf(text);
		}
		catch (NumberFormatException ex) {
			return Double.valueOf(text);
		}
	}

	/**
	 * Where a number that begins at a place ends.
	 * @return the index behind it, the same place if there is none
	 */
	private static int end(String text, int start) {
		int digits = digits(text, text.startsWith("-", start) ? start + 1 : start);
		if (digits == start || !isDigit(text, digits - 1)) {
			return start;
		}
		int end = digits;
		if (text.startsWith(".", end)) {
			int fraction = digits(text, end + 1);
			end = (fraction > end + 1) ? fraction : end;
		}
		if (text.startsWith("e", end) || text.startsWith("E", end)) {
			int sign = text.startsWith("-", end + 1) || text.startsWith("+", end + 1) ? end + 2 : end + 1;
			int exponent = digits(text, sign);
			end = (exponent > sign) ? exponent : end;
		}
		return end;
	}

	private static int digits(String text, int from) {
		int end = from;
		while (isDigit(text, end)) {
			end++;
		}
		return end;
	}

	private static boolean isDigit(String text, int index) {
		return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
	}

	/**
	 * Compares numbers, whole ones exactly.
	 */
	static int compare(Number left, Number right) {
		if (left instanceof Long a && right instanceof Long b) {
			return Long.compare(a, b);
		}
		double a = left.doubleValue();
		double b = right.doubleValue();
		return (a == b) ? 0 : Double.compare(a, b);
	}

	/**
	 * Reads a duration: a number with a unit, or several of them, as in {@code 1m30s}.
	 * @return nanoseconds, or {@code null} if it is none or has no unit
	 */
	static @Nullable Long duration(String text) {
		double nanos = 0;
		int position = 0;
		while (position < text.length()) {
			int end = end(text, position);
			int unit = end;
			while (unit < text.length() && !isDigit(text, unit)) {
				unit++;
			}
			double factor = factor(text.substring(end, unit));
			if (end == position || end - position > MAX_LENGTH || factor == 0 || text.charAt(position) == '-') {
				return null;
			}
			nanos += Double.parseDouble(text.substring(position, end)) * factor;
			position = unit;
		}
		return (position == 0) ? null : Long.valueOf(Math.round(nanos));
	}

	private static double factor(String unit) {
		return switch (unit.toLowerCase(Locale.ROOT)) {
			case "ns" -> 1;
			case "us", "\u00B5s", "\u03BCs" -> 1e3;
			case "ms" -> 1e6;
			case "s" -> 1e9;
			case "m", "min" -> 60e9;
			case "h" -> 3600e9;
			case "d" -> 86400e9;
			default -> 0;
		};
	}

}
