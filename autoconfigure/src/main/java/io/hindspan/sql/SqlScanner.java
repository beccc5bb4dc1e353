package io.hindspan.sql;

import java.util.Locale;

/**
 * Reads a SQL text once, from its beginning to its end, and tells its tokens to those who
 * write it again without values and find out what it does. It knows no grammar and
 * refuses nothing.
 * <p>
 * Databases do not agree on where a quoted text ends: for one of them {@code \'} is a
 * quote within the text, for the other it ends it. At such a place reading stops, since
 * what follows could be part of a value.
 */
final class SqlScanner {

	static final int MAX_READ = 65_536;

	private static final int LONGEST_KEYWORD = 24;

	private final String sql;

	private final int end;

	private final boolean quotesValuesTwice;

	private final SqlText text;

	private final SqlStructure structure = new SqlStructure();

	private int position;

	private boolean doubtful;

	/** Whether a sign that comes next belongs to a number. */
	private boolean beforeOperand = true;

	private SqlScanner(String sql, boolean quotesValuesTwice) {
		this.sql = sql;
		this.end = Math.min(sql.length(), MAX_READ);
		this.quotesValuesTwice = quotesValuesTwice;
		this.text = new SqlText(this.end);
	}

	/**
	 * Describes a SQL text.
	 * @param sql the text
	 * @param system the database that it is meant for
	 * @return what it does
	 */
	static SqlStatement scan(String sql, DatabaseSystem system) {
		return new SqlScanner(sql, system.quotesValuesTwice()).scan();
	}

	private SqlStatement scan() {
		while (this.position < this.end && !this.doubtful) {
			next(this.sql.charAt(this.position));
		}
		return this.structure.finish(this.text.finish(!this.doubtful && this.end == this.sql.length()));
	}

	private char peek(int offset) {
		int at = this.position + offset;
		return (at < this.end) ? this.sql.charAt(at) : '\0';
	}

	private void next(char c) {
		if (Character.isWhitespace(c) || Character.isISOControl(c)) {
			this.text.space();
			this.position++;
		}
		else if (isComment(c)) {
			this.text.space();
		}
		else if (isDigit(c) || c == '.' && isDigit(peek(1)) && this.beforeOperand) {
			number();
		}
		else if (isWordStart(c)) {
			word();
		}
		else {
			mark(c);
		}
	}

	private void mark(char c) {
		switch (c) {
			case '\'' -> {
				quotedValue('\'', false);
				value();
			}
			case '"' -> {
				if (this.quotesValuesTwice && !this.structure.expectsTable()) {
					quotedValue('"', false);
					value();
				}
				else {
					quotedName('"');
				}
			}
			case '`' -> quotedName('`');
			case '[' -> {
				if (this.structure.expectsTable()) {
					quotedName(']');
				}
				else {
					symbol();
				}
			}
			case '$' -> dollar();
			case '?' -> placeholder(this.position + 1);
			case ':' -> colon();
			case '@' -> placeholder(endOfWord(this.position + 1));
			case '(' -> {
				this.text.open();
				this.structure.open();
				step(true);
			}
			case ')' -> {
				this.text.close();
				this.structure.close();
				step(false);
			}
			case ',' -> {
				this.text.comma();
				this.structure.comma();
				step(true);
			}
			case ';' -> {
				this.structure.semicolon();
				this.text.other(this.sql, this.position, this.position + 1);
				step(true);
			}
			case '.' -> {
				this.structure.dot();
				this.text.other(this.sql, this.position, this.position + 1);
				step(false);
			}
			case '-', '+' -> {
				if (this.beforeOperand && (isDigit(peek(1)) || peek(1) == '.' && isDigit(peek(2)))) {
					this.position++;
					number();
				}
				else {
					symbol();
				}
			}
			default -> symbol();
		}
	}

	private void step(boolean beforeOperand) {
		this.position++;
		this.beforeOperand = beforeOperand;
	}

	private void symbol() {
		this.structure.symbol();
		this.text.other(this.sql, this.position, this.position + 1);
		step(true);
	}

	private void value() {
		this.structure.value();
		this.text.value();
		this.beforeOperand = false;
	}

	private void placeholder(int end) {
		this.structure.value();
		this.text.placeholder(this.sql, this.position, end);
		this.position = end;
		this.beforeOperand = false;
	}

	private boolean isComment(char c) {
		if (c == '-' && peek(1) == '-' || c == '#' && this.quotesValuesTwice) {
			int newline = this.sql.indexOf('\n', this.position);
			this.position = (newline >= 0) ? Math.min(newline, this.end) : this.end;
			return true;
		}
		if (c == '/' && peek(1) == '*') {
			blockComment();
			return true;
		}
		return false;
	}

	/**
	 * Comments may hold comments, at least for some databases. For the others the rest of
	 * the text is taken for a comment too, which leaves out too much rather than too
	 * little.
	 */
	private void blockComment() {
		int depth = 0;
		do {
			if (peek(0) == '/' && peek(1) == '*') {
				depth++;
				this.position += 2;
			}
			else if (peek(0) == '*' && peek(1) == '/') {
				depth--;
				this.position += 2;
			}
			else {
				this.position++;
			}
		}
		while (depth > 0 && this.position < this.end);
		this.position = Math.min(this.position, this.end);
	}

	private void number() {
		while (this.position < this.end) {
			char c = this.sql.charAt(this.position);
			boolean sign = (c == '+' || c == '-') && isExponent();
			if (!isWordPart(c) && c != '.' && !sign) {
				break;
			}
			this.position++;
		}
		value();
	}

	private boolean isExponent() {
		char before = this.sql.charAt(this.position - 1);
		return (before == 'e' || before == 'E') && isDigit(peek(1));
	}

	private void word() {
		int start = this.position;
		int end = endOfWord(start);
		if (end < this.end && this.sql.charAt(end) == '\'' && isPrefix(start, end)) {
			prefixedValue(start, end);
			return;
		}
		String word = this.sql.substring(start, end);
		String keyword = (word.length() <= LONGEST_KEYWORD) ? word.toUpperCase(Locale.ROOT) : word;
		this.structure.word(word, keyword);
		this.text.word(this.sql, start, end, keyword);
		this.position = end;
		// Whether it was a keyword or a column, a sign after it is seldom part of a value
		this.beforeOperand = false;
	}

	private boolean isPrefix(int start, int end) {
		return switch (Character.toUpperCase(this.sql.charAt(start))) {
			case '_' -> true;
			case 'B', 'E', 'Q', 'X' -> end - start == 1;
			case 'N' ->
				end - start == 1 || end - start == 2 && Character.toUpperCase(this.sql.charAt(start + 1)) == 'Q';
			default -> false;
		};
	}

	private void prefixedValue(int start, int end) {
		char first = Character.toUpperCase(this.sql.charAt(start));
		char last = Character.toUpperCase(this.sql.charAt(end - 1));
		this.position = end;
		if (last == 'Q' && (end - start == 1 || first == 'N')) {
			alternativelyQuotedValue();
		}
		else {
			quotedValue('\'', first == 'E' && end - start == 1);
		}
		value();
	}

	/**
	 * A value between quotes. A doubled quote is part of it, and one after a backslash if
	 * the database says so.
	 */
	private void quotedValue(char quote, boolean backslashEscapes) {
		int at = this.position + 1;
		boolean afterBackslash = false;
		while (at < this.end) {
			char c = this.sql.charAt(at);
			if (c == '\\') {
				afterBackslash = !afterBackslash;
			}
			else if (c == quote && (!afterBackslash || !backslashEscapes)) {
				if (afterBackslash) {
					this.doubtful = true;
					break;
				}
				if (at + 1 >= this.end || this.sql.charAt(at + 1) != quote) {
					this.position = at + 1;
					return;
				}
				at++;
			}
			else {
				afterBackslash = false;
			}
			at++;
		}
		this.position = this.end;
	}

	/**
	 * Oracle's {@code q'[it's]'}.
	 */
	private void alternativelyQuotedValue() {
		char close = switch (peek(1)) {
			case '[' -> ']';
			case '(' -> ')';
			case '{' -> '}';
			case '<' -> '>';
			default -> peek(1);
		};
		for (int at = this.position + 2; at + 1 < this.end; at++) {
			if (this.sql.charAt(at) == close && this.sql.charAt(at + 1) == '\'') {
				this.position = at + 2;
				return;
			}
		}
		this.position = this.end;
	}

	private void quotedName(char quote) {
		int start = this.position;
		int at = start + 1;
		while (at < this.end) {
			if (this.sql.charAt(at) == quote) {
				if (at + 1 >= this.end || this.sql.charAt(at + 1) != quote) {
					name(start, at + 1);
					return;
				}
				at++;
			}
			at++;
		}
		// Without an end it is no name, whatever else it is
		this.doubtful = true;
		this.position = this.end;
		value();
	}

	private void name(int start, int end) {
		this.structure.quotedName(this.sql.substring(start + 1, end - 1));
		this.text.other(this.sql, start, end);
		this.position = end;
		this.beforeOperand = false;
	}

	/**
	 * {@code $1} is a parameter, {@code $$text$$} and {@code $tag$text$tag$} are values.
	 */
	private void dollar() {
		int tagEnd = endOfTag(this.position + 1);
		if (isDigit(peek(1))) {
			placeholder(tagEnd);
		}
		else if (tagEnd < this.end && this.sql.charAt(tagEnd) == '$') {
			String tag = this.sql.substring(this.position, tagEnd + 1);
			int close = this.sql.indexOf(tag, tagEnd + 1);
			this.position = (close >= 0) ? Math.min(close + tag.length(), this.end) : this.end;
			value();
		}
		else {
			symbol();
		}
	}

	private void colon() {
		if (peek(1) == ':') {
			this.structure.symbol();
			this.text.other(this.sql, this.position, this.position + 2);
			this.position += 2;
			this.beforeOperand = false;
		}
		else if (isWordStart(peek(1)) || isDigit(peek(1))) {
			placeholder(endOfWord(this.position + 1));
		}
		else {
			symbol();
		}
	}

	private int endOfWord(int start) {
		int at = start;
		while (at < this.end && isWordPart(this.sql.charAt(at))) {
			at++;
		}
		return at;
	}

	private int endOfTag(int start) {
		int at = start;
		while (at < this.end && isWordPart(this.sql.charAt(at)) && this.sql.charAt(at) != '$') {
			at++;
		}
		return at;
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	private static boolean isWordStart(char c) {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '#' || c >= 0x80;
	}

	private static boolean isWordPart(char c) {
		return isWordStart(c) || isDigit(c) || c == '$' || c == '@';
	}

}
