package io.hindspan.store;

import java.util.BitSet;

import org.jspecify.annotations.Nullable;

/**
 * Takes the words and signs of a query from its text, one after the other. What ends a
 * word differs: a value goes on where a key would end. For one thread.
 */
final class QueryLexer {

	private static final char NONE = '\0';

	private final String text;

	private int position;

	QueryLexer(String text) {
		this.text = text;
	}

	/**
	 * Where the next thing begins.
	 */
	int position() {
		while (this.position < this.text.length() && isBlank(this.text.charAt(this.position))) {
			this.position++;
		}
		return this.position;
	}

	private static boolean isBlank(char c) {
		return Character.isWhitespace(c) || Character.isSpaceChar(c);
	}

	boolean atEnd() {
		return position() == this.text.length();
	}

	/**
	 * Whether a character comes next.
	 */
	boolean isAt(char c) {
		return !atEnd() && this.text.charAt(this.position) == c;
	}

	/**
	 * Takes a character if it comes next.
	 */
	boolean take(char c) {
		boolean there = isAt(c);
		if (there) {
			this.position++;
		}
		return there;
	}

	/**
	 * Whether one of some words comes next: signs, or words that end there.
	 * @return the word, or {@code null} if none does
	 */
	@Nullable String keyword(String... keywords) {
		int start = position();
		for (String keyword : keywords) {
			if (this.text.startsWith(keyword, start)
					&& (!Character.isLetter(keyword.charAt(0)) || endsAt(start + keyword.length()))) {
				return keyword;
			}
		}
		return null;
	}

	private boolean endsAt(int index) {
		return index == this.text.length() || isBlank(this.text.charAt(index))
				|| "(){}\"".indexOf(this.text.charAt(index)) >= 0;
	}

	/**
	 * Takes one of some words if it comes next.
	 */
	boolean take(String... keywords) {
		String keyword = keyword(keywords);
		if (keyword != null) {
			this.position += keyword.length();
		}
		return keyword != null;
	}

	/**
	 * Whether an operator but the colon comes next.
	 */
	boolean isAtOperator() {
		return QueryOperator.at(this.text, position()) != null;
	}

	/**
	 * Whether nothing follows at once.
	 */
	boolean isBlankHere() {
		return this.position == this.text.length() || isBlank(this.text.charAt(this.position));
	}

	/**
	 * Takes the operator that comes next. A colon is one, and may be before another one.
	 * @return the operator, or {@code null} if there is none
	 */
	@Nullable QueryOperator operator() {
		boolean colon = take(':');
		QueryOperator operator = QueryOperator.at(this.text, colon ? this.position : position());
		if (operator == null) {
			return colon ? QueryOperator.EQUAL : null;
		}
		this.position += operator.length();
		if (operator == QueryOperator.EQUAL && this.text.startsWith("=", this.position)) {
			this.position++;
		}
		return operator;
	}

	/**
	 * Takes a key, or a word that stands for itself. Brackets end it, unless they are
	 * open within it, and so do operators.
	 */
	QueryWord key() {
		return word(false);
	}

	/**
	 * Takes a value. Brackets end it, unless they are open within it.
	 */
	QueryWord value() {
		return word(true);
	}

	private QueryWord word(boolean value) {
		int start = position();
		StringBuilder word = new StringBuilder();
		BitSet wildcards = new BitSet();
		StringBuilder open = new StringBuilder();
		boolean quoted = false;
		while (this.position < this.text.length()) {
			char c = this.text.charAt(this.position);
			if (c == '"' || (c == '\'' && this.position == start)) {
				quote(word, c);
				quoted = true;
				continue;
			}
			if (c == '\\') {
				word.append(escape());
				quoted = true;
				continue;
			}
			if (isBlank(c) || (!value && isOperator()) || isBracketOutside(c, open, start)) {
				break;
			}
			if (c == '*' || c == '?') {
				wildcards.set(word.length());
			}
			word.append(c);
			this.position++;
		}
		return new QueryWord(word.toString(), wildcards, quoted, start);
	}

	/**
	 * Whether a bracket is not the word's own. Paths have their parameters in braces, and
	 * methods are written with parentheses.
	 */
	private boolean isBracketOutside(char c, StringBuilder open, int start) {
		switch (c) {
			case '(', '{' -> {
				if (this.position == start && c == '(') {
					return true;
				}
				open.append((c == '(') ? ')' : '}');
			}
			case ')', '}' -> {
				int last = open.length() - 1;
				if (last < 0 || open.charAt(last) != c) {
					return true;
				}
				open.setLength(last);
			}
			default -> {
			}
		}
		return false;
	}

	private boolean isOperator() {
		return (this.text.charAt(this.position) == ':') ? !this.text.startsWith("://", this.position)
				: QueryOperator.at(this.text, this.position) != null;
	}

	private void quote(StringBuilder word, char quote) {
		int start = this.position++;
		while (this.position < this.text.length()) {
			char c = this.text.charAt(this.position);
			if (c == quote) {
				this.position++;
				return;
			}
			if (c == '\\') {
				word.append(escape());
			}
			else {
				word.append(c);
				this.position++;
			}
		}
		throw new QuerySyntaxException("The quotation that begins here has no end: add a " + quote, start);
	}

	private char escape() {
		char c = (this.position + 1 < this.text.length()) ? this.text.charAt(this.position + 1) : NONE;
		if (c == NONE || Character.isLetterOrDigit(c) && c != 'n' && c != 't') {
			throw new QuerySyntaxException("A backslash stands for itself when there are two of them", this.position);
		}
		this.position += 2;
		return switch (c) {
			case 'n' -> '\n';
			case 't' -> '\t';
			default -> c;
		};
	}

}
