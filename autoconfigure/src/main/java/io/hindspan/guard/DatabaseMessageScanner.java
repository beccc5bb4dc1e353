package io.hindspan.guard;

import java.util.List;

/**
 * Finds values in messages of databases: literals of a SQL text that a message quotes,
 * and the values of the row or the key that a constraint has refused.
 */
final class DatabaseMessageScanner implements Scanner {

	/** A text with one of these quotes SQL. */
	private static final List<String> SQL = List.of("insert into ", "delete from ", "merge into ", "replace into ",
			"values (", "values(", "where ", "having ");

	private static final List<String> ROWS = List.of("failing row contains ", "row: ", "duplicate key value is ",
			"dup key: ");

	/** How far words of SQL, or another literal, are before a literal. */
	private static final int FAR = 1024;

	private static final int LONGEST_ROW = 2048;

	private static final String LITERAL = "literal";

	@Override
	public String triggers() {
		return "'({";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		return (text.charAt(at) == '\'') ? literal(text, at, findings) : row(text, at, findings);
	}

	private static int literal(String text, int at, Findings findings) {
		if (at > 0 && Characters.isLetter(text.charAt(at - 1)) && !isPrefix(text, at - 1)) {
			return at;
		}
		boolean refused = isBehind(text, at, "duplicate entry ") || isBehind(text, at, "value: ");
		boolean next = findings.lastType().equals(LITERAL) && at - findings.lastEnd() < FAR;
		if (!refused && !next && !quotesSql(text, at, findings)) {
			return at;
		}
		int end = endOfLiteral(text, at + 1);
		if (!Mask.isBlind(text, at + 1, end)) {
			findings.mask(LITERAL, at + 1, end);
		}
		return end + 1;
	}

	/**
	 * A letter right before a literal says how it is written.
	 */
	private static boolean isPrefix(String text, int at) {
		return !Characters.continuesAt(text, at - 1) && "nNeExXbB".indexOf(text.charAt(at)) >= 0;
	}

	private static int endOfLiteral(String text, int from) {
		int i = text.indexOf('\'', from);
		while (i >= 0 && i + 1 < text.length() && text.charAt(i + 1) == '\'') {
			i = text.indexOf('\'', i + 2);
		}
		if (i >= 0) {
			return i;
		}
		// The text was cut, or it is within quotes itself
		int line = text.indexOf('\n', from);
		return (line >= 0) ? line : text.length();
	}

	/**
	 * Whether words of SQL are not far before a place. What has been read for an earlier
	 * place is not read again.
	 */
	private static boolean quotesSql(String text, int at, Findings findings) {
		int setAt = findings.setAt;
		int sqlAt = findings.sqlAt;
		for (int i = findings.sqlRead; i < at; i++) {
			switch (Characters.lower(text.charAt(i))) {
				case 'i', 'd', 'm', 'r', 'v', 'w', 'h' -> sqlAt = isSql(text, i) ? i : sqlAt;
				case 's' ->
					setAt = (Characters.isAt(text, i, "set ") && !Characters.continuesAt(text, i - 1)) ? i : setAt;
				case '=' -> sqlAt = (i - setAt < FAR) ? i : sqlAt;
				default -> {
				}
			}
		}
		findings.sqlRead = at;
		findings.setAt = setAt;
		findings.sqlAt = sqlAt;
		return at - sqlAt < FAR;
	}

	private static boolean isSql(String text, int at) {
		for (int word = 0; word < SQL.size(); word++) {
			if (Characters.isAt(text, at, SQL.get(word))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The values in {@code Key (email)=(…)}, {@code Failing row contains (…)} and the
	 * like.
	 */
	private static int row(String text, int at, Findings findings) {
		boolean key = at > 1 && text.charAt(at - 1) == '=' && text.charAt(at - 2) == ')';
		boolean row = key || at > 4 && text.charAt(at - 1) == ' ' && isRow(text, at);
		boolean values = !row && (isBehind(text, at, "values ") || isBehind(text, at, "values"));
		if (!row && !values) {
			return at;
		}
		int end = values ? closeOfValues(text, at) : close(text, at);
		if (end <= at + 1 || values && !StatementTexts.mayHaveLiterals(text, at + 1, end)
				|| Mask.isBlind(text, at + 1, end)) {
			return at;
		}
		findings.mask("row", at + 1, end);
		return end;
	}

	private static boolean isRow(String text, int at) {
		for (int i = 0; i < ROWS.size(); i++) {
			if (isBehind(text, at, ROWS.get(i))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The bracket that closes the one at a place, quoted ones left out.
	 */
	private static int closeOfValues(String text, int at) {
		int depth = 0;
		boolean quoted = false;
		int limit = Math.min(text.length(), at + LONGEST_ROW);
		for (int i = at; i < limit; i++) {
			char c = text.charAt(i);
			quoted ^= c == '\'';
			if (!quoted) {
				depth += (c == '(') ? 1 : ((c == ')') ? -1 : 0);
				if (depth == 0) {
					return i;
				}
			}
		}
		return limit;
	}

	/**
	 * The last bracket of the line, as values may have brackets.
	 */
	private static int close(String text, int at) {
		char bracket = (text.charAt(at) == '(') ? ')' : '}';
		int line = text.indexOf('\n', at);
		int end = text.lastIndexOf(bracket, (line >= 0) ? line : text.length());
		return (end > at) ? end : ((line >= 0) ? line : text.length());
	}

	private static boolean isBehind(String text, int at, String lower) {
		return at >= lower.length() && Characters.isAt(text, at - lower.length(), lower);
	}

}
