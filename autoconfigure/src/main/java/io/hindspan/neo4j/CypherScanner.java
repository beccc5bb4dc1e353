package io.hindspan.neo4j;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reads a Cypher text once, writes it again without values and comments, and notes its
 * clauses and labels. It knows no grammar and refuses nothing. Bounded in what it reads
 * and writes.
 */
final class CypherScanner {

	static final int MAX_LENGTH = 4096;

	static final int MAX_SUMMARY = 255;

	private static final String MORE = " ...";

	private static final int MAX_LABEL = 120;

	private static final int MAX_LABELS = 16;

	private static final int MAX_DEPTH = 64;

	/** Clauses that read or write. */
	private static final Set<String> OPERATIONS = Set.of("MATCH", "MERGE", "CREATE", "INSERT", "DELETE", "SET",
			"REMOVE", "CALL", "LOAD", "FOREACH");

	/** Commands, which nothing comes before. */
	private static final Set<String> COMMANDS = Set.of("SHOW", "DROP", "ALTER", "GRANT", "DENY", "REVOKE", "START",
			"STOP", "TERMINATE", "RENAME");

	/** Clauses that are the operation only where there is no other. */
	private static final Set<String> LESSER = Set.of("UNWIND", "WITH", "RETURN");

	/** What a word that is a label ends with, for those that come after it. */
	private static final char LABEL = 'l';

	private static final char WORD = 'w';

	private static final char VALUE = '?';

	private final StringBuilder text;

	private final Set<String> labels = new LinkedHashSet<>();

	private final StringBuilder summary = new StringBuilder();

	private final String cypher;

	private int position;

	private boolean space;

	private @Nullable String operation;

	private @Nullable String lesser;

	/** The symbol or kind of word before this place, which tells what comes after it. */
	private char before;

	private String wordBefore = "";

	/**
	 * What is open here. In braces a colon comes after a key, elsewhere before a label.
	 */
	private final StringBuilder open = new StringBuilder();

	private CypherScanner(String cypher) {
		this.cypher = cypher;
		this.text = new StringBuilder(Math.min(cypher.length(), MAX_LENGTH) + MORE.length());
	}

	/**
	 * Describes a Cypher text.
	 * @param cypher the text
	 * @return what it does
	 */
	static CypherQuery scan(String cypher) {
		return new CypherScanner(cypher).scan();
	}

	private CypherQuery scan() {
		while (this.position < this.cypher.length() && this.text.length() < MAX_LENGTH) {
			next(this.cypher.charAt(this.position));
		}
		if (this.position < this.cypher.length()) {
			this.text.append(MORE);
		}
		String found = (this.operation != null) ? this.operation : this.lesser;
		String label = (this.labels.size() == 1) ? this.labels.iterator().next() : null;
		return new CypherQuery(found, label, (this.summary.isEmpty()) ? found : this.summary.toString(),
				this.text.toString());
	}

	private void next(char c) {
		if (Character.isWhitespace(c) || Character.isISOControl(c)) {
			this.space = true;
			this.position++;
		}
		else if (c == '/' && (peek(1) == '/' || peek(1) == '*')) {
			comment();
		}
		else if (c == '\'' || c == '"') {
			quotedValue(c);
		}
		else if (c == '`') {
			int end = endOfQuotedName();
			word(this.position, end, true);
		}
		else if (c == '$') {
			parameter();
		}
		else if (isDigit(c) || c == '.' && isDigit(peek(1)) && this.before != '.' && !isWord(this.before)) {
			number();
		}
		else if (isWordStart(c)) {
			word(this.position, endOfWord(this.position), false);
		}
		else {
			symbol(c);
		}
	}

	private char peek(int offset) {
		int at = this.position + offset;
		return (at < this.cypher.length()) ? this.cypher.charAt(at) : '\0';
	}

	private void comment() {
		boolean line = peek(1) == '/';
		int end = this.cypher.indexOf(line ? "\n" : "*/", this.position + 2);
		this.position = (end < 0) ? this.cypher.length() : end + (line ? 1 : 2);
		this.space = true;
	}

	/**
	 * Both kinds of quotes hold values, and a backslash escapes in both.
	 */
	private void quotedValue(char quote) {
		int end = this.position + 1;
		while (end < this.cypher.length() && this.cypher.charAt(end) != quote) {
			end += (this.cypher.charAt(end) == '\\') ? 2 : 1;
		}
		value(Math.min(end + 1, this.cypher.length()));
	}

	private int endOfQuotedName() {
		int end = this.position + 1;
		while (end < this.cypher.length()) {
			if (this.cypher.charAt(end) == '`') {
				if (end + 1 == this.cypher.length() || this.cypher.charAt(end + 1) != '`') {
					return end + 1;
				}
				end++;
			}
			end++;
		}
		return this.cypher.length();
	}

	private void parameter() {
		int end = this.position + 1;
		if (peek(1) == '`') {
			this.position++;
			end = endOfQuotedName();
			this.position--;
		}
		else {
			end = endOfWord(end);
		}
		append(this.cypher, this.position, end);
		this.before = VALUE;
		this.position = end;
	}

	/**
	 * A number up to the dots of a range, {@code 1..5}.
	 */
	private void number() {
		int end = this.position;
		while (end < this.cypher.length() && isPartOfNumber(end)) {
			end++;
		}
		value(end);
	}

	private boolean isPartOfNumber(int at) {
		char c = this.cypher.charAt(at);
		if (c == '.') {
			return at + 1 < this.cypher.length() && isDigit(this.cypher.charAt(at + 1))
					&& (at == this.position || this.cypher.charAt(at - 1) != '.');
		}
		if (c == '+' || c == '-') {
			return at > this.position && Character.toLowerCase(this.cypher.charAt(at - 1)) == 'e'
					&& !isHex(this.position);
		}
		return isWord(c);
	}

	private boolean isHex(int start) {
		return this.cypher.regionMatches(true, start, "0x", 0, 2);
	}

	/**
	 * Values of a list are not different from each other.
	 */
	private void value(int end) {
		int length = this.text.length();
		if (length >= 3 && this.before == ',' && this.text.charAt(length - 1) == ','
				&& this.text.charAt(length - 2) == VALUE && this.text.charAt(length - 3) == '[') {
			this.text.setLength(length - 1);
			this.space = false;
		}
		else {
			append("?", 0, 1);
		}
		this.before = VALUE;
		this.position = end;
	}

	private void word(int start, int end, boolean quoted) {
		String word = this.cypher.substring(start, end);
		boolean label = this.before == ':' && innermost() != '{';
		if (label) {
			label(quoted ? word.substring(1, Math.max(1, word.length() - 1)).replace("``", "`") : word);
		}
		else if (!quoted && this.before != '.' && isClausePlace(end)) {
			keyword(word.toUpperCase(Locale.ROOT));
		}
		append(this.cypher, start, end);
		this.before = label ? LABEL : WORD;
		this.position = end;
	}

	private char innermost() {
		return this.open.isEmpty() ? '\0' : this.open.charAt(this.open.length() - 1);
	}

	/**
	 * Clauses are on their own or in the braces of a subquery, where keys of maps are as
	 * well.
	 */
	private boolean isClausePlace(int end) {
		return switch (innermost()) {
			case '\0' -> true;
			case '{' -> end == this.cypher.length() || Character.isWhitespace(this.cypher.charAt(end));
			default -> false;
		};
	}

	private void label(String label) {
		if (this.labels.size() < MAX_LABELS) {
			String bounded = label.substring(0, Math.min(label.length(), MAX_LABEL));
			this.labels.add(bounded);
			summarize(bounded);
		}
	}

	private void keyword(String word) {
		boolean first = this.operation == null && this.lesser == null;
		if (OPERATIONS.contains(word) && !this.wordBefore.equals("ON") || first && COMMANDS.contains(word)) {
			if (this.operation == null) {
				this.operation = word;
			}
			summarize(word);
		}
		else if (this.lesser == null && LESSER.contains(word)) {
			this.lesser = word;
		}
		this.wordBefore = word;
	}

	private void summarize(String part) {
		if (this.summary.length() + part.length() + 1 <= MAX_SUMMARY) {
			if (!this.summary.isEmpty()) {
				this.summary.append(' ');
			}
			this.summary.append(part);
		}
	}

	private void symbol(char c) {
		if (c == '{' || c == '(' || c == '[') {
			if (this.open.length() < MAX_DEPTH) {
				this.open.append(c);
			}
		}
		else if ((c == '}' || c == ')' || c == ']') && !this.open.isEmpty()) {
			this.open.setLength(this.open.length() - 1);
		}
		append(this.cypher, this.position, this.position + 1);
		boolean furtherLabel = this.before == LABEL && (c == '|' || c == '&');
		this.before = furtherLabel ? ':' : c;
		this.position++;
	}

	private void append(String source, int start, int end) {
		if (this.space && !this.text.isEmpty()) {
			this.text.append(' ');
		}
		this.space = false;
		this.text.append(source, start, Math.min(end, start + MAX_LENGTH));
	}

	private int endOfWord(int start) {
		int end = start;
		while (end < this.cypher.length() && isWord(this.cypher.charAt(end))) {
			end++;
		}
		return end;
	}

	private static boolean isWordStart(char c) {
		return Character.isLetter(c) || c == '_';
	}

	private static boolean isWord(char c) {
		return Character.isLetterOrDigit(c) || c == '_';
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

}
