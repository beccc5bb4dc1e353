package io.hindspan.sql;

/**
 * Keeps the names of tables fit for the names of spans: a table for each day, tenant or
 * import would otherwise be a name each.
 */
public final class SqlNames {

	static final int MAX_LENGTH = 120;

	private static final int SHORTEST_NUMBER = 3;

	private static final int SHORTEST_HEX = 8;

	private SqlNames() {
	}

	/**
	 * The name with {@code ?} in the place of numbers and identifiers within it.
	 * {@code events_2026_11} becomes {@code events_?_?}, while {@code oauth2_client}
	 * stays as it is.
	 * @param name the name of a table, a collection or the like
	 * @return a name of low cardinality
	 */
	public static String withoutNumbers(String name) {
		int digits = 0;
		for (int i = 0; i < name.length(); i++) {
			digits += isDigit(name.charAt(i)) ? 1 : 0;
		}
		if (digits == 0) {
			return name;
		}
		StringBuilder folded = new StringBuilder(name.length());
		int start = 0;
		while (start < name.length()) {
			int end = start;
			while (end < name.length() && Character.isLetterOrDigit(name.charAt(end))) {
				end++;
			}
			appendSegment(folded, name, start, end);
			if (end < name.length()) {
				folded.append(name.charAt(end));
			}
			start = end + 1;
		}
		return folded.toString();
	}

	private static void appendSegment(StringBuilder folded, String name, int start, int end) {
		boolean hex = true;
		int digits = 0;
		for (int i = start; i < end; i++) {
			hex &= Character.digit(name.charAt(i), 16) >= 0;
			digits += isDigit(name.charAt(i)) ? 1 : 0;
		}
		if (digits > 0 && (digits == end - start || hex && end - start >= SHORTEST_HEX)) {
			folded.append('?');
			return;
		}
		int i = start;
		while (i < end) {
			int run = i;
			while (run < end && isDigit(name.charAt(run))) {
				run++;
			}
			if (run - i >= SHORTEST_NUMBER) {
				folded.append('?');
				i = run;
			}
			else if (run > i) {
				folded.append(name, i, run);
				i = run;
			}
			else {
				folded.append(name.charAt(i++));
			}
		}
	}

	private static boolean isDigit(char character) {
		return character >= '0' && character <= '9';
	}

	/**
	 * The name on one line and no longer than a name need be.
	 */
	static String bounded(String name) {
		StringBuilder bounded = new StringBuilder(name);
		bounded.setLength(Math.min(name.length(), MAX_LENGTH));
		for (int i = 0; i < bounded.length(); i++) {
			if (Character.isISOControl(bounded.charAt(i))) {
				bounded.setCharAt(i, ' ');
			}
		}
		return bounded.toString();
	}

}
