package io.hindspan.guard;

import java.util.Set;

/**
 * Finds what a text itself calls a secret: {@code password=…}, {@code "token": "…"},
 * {@code Cookie: …}, {@code <secret>…</secret>}, {@code --password …}, also where quotes
 * are escaped, or signs as in URLs.
 */
final class SecretScanner implements Scanner {

	private static final int LONGEST_NAME = 64;

	private static final int MOST_BETWEEN = 12;

	private static final int LONGEST_WORD = 11;

	private static final int LARGEST_COUNT = 5;

	/** What sentences have behind {@code password:}. */
	private static final Set<String> WORDS = Set.of("must", "is", "was", "not", "should", "cannot", "can", "has",
			"have", "may", "invalid", "required", "missing", "null", "none", "true", "false", "expired", "wrong",
			"empty", "the", "a", "an", "no", "of", "for", "too", "to", "in", "nil", "undefined", "and", "or", "are",
			"denied", "failed", "ok", "new", "this", "unknown", "unsupported", "value", "could", "does", "expected",
			"at", "it", "if", "when", "with", "from", "by", "on", "blank", "redacted", "masked", "hidden", "mandatory",
			"please", "only", "minimum", "maximum", "least", "size", "length");

	/** What programs write where there is nothing. */
	private static final Set<String> NOTHING = Set.of("null", "none", "nil", "undefined", "true", "false");

	/** What makes a secret of the word before it, apart by a space: {@code API key}. */
	private static final Set<String> SECOND_WORDS = Set.of("key", "id", "number", "code", "security");

	@Override
	public String triggers() {
		return "=:%>-'\"[";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		return switch (text.charAt(at)) {
			case '=' -> assigned(text, at, at + 1, findings);
			case ':' ->
				(text.startsWith("//", at + 1) || isParameter(text, at)) ? at : assigned(text, at, at + 1, findings);
			case '%' -> (Characters.isAt(text, at, "%3d") || Characters.isAt(text, at, "%3a"))
					? assigned(text, at, at + 3, findings) : at;
			case '>' -> element(text, at, findings);
			case '-' -> option(text, at, findings);
			case '[' -> rejected(text, at, findings);
			default -> quoted(text, at, findings);
		};
	}

	private static int assigned(String text, int at, int behind, Findings findings) {
		int end = endOfName(text, at);
		int begin = beginOfName(text, end);
		if (begin == end || isHost(text, begin)) {
			return at;
		}
		SecretNames.Kind kind = SecretNames.kindOf(text, begin, end);
		if (kind == SecretNames.Kind.NONE && begin > 1 && text.charAt(begin - 1) == ' ') {
			// Api key: …
			kind = ofPair(text, beginOfName(text, begin - 1), begin, end);
		}
		return (kind != SecretNames.Kind.NONE) ? value(text, at, behind, kind, findings) : at;
	}

	private static boolean isHost(String text, int begin) {
		return begin > 1 && (text.charAt(begin - 1) == '@' || text.startsWith("//", begin - 2));
	}

	/**
	 * Whether it begins a parameter of a query, as in {@code = :password}.
	 */
	private static boolean isParameter(String text, int at) {
		int before = at - 1;
		while (before > 0 && text.charAt(before) == ' ') {
			before--;
		}
		return before > 0 && before < at - 1 && (text.charAt(before) == '=' || text.charAt(before) == '>')
				&& Characters.continuesAt(text, at + 1);
	}

	private static SecretNames.Kind ofPair(String text, int begin, int word, int end) {
		boolean pair = begin < word - 1 && SECOND_WORDS.contains(lower(text, word, Math.min(end, word + LONGEST_WORD)));
		return pair ? SecretNames.kindOf(text, begin, end) : SecretNames.Kind.NONE;
	}

	private static int endOfName(String text, int at) {
		int end = at;
		while (end > 0 && at - end < MOST_BETWEEN && isBetween(text.charAt(end - 1))) {
			end--;
		}
		return end;
	}

	private static boolean isBetween(char c) {
		return Characters.isSpace(c) || Characters.isQuote(c) || c == '\\' || c == ')' || c == ']' || c == '!'
				|| c == '=' || c == ':' || c == '+' || c == '>';
	}

	private static int beginOfName(String text, int end) {
		int lowest = Math.max(0, end - LONGEST_NAME);
		int begin = end;
		while (begin > lowest && isName(text.charAt(begin - 1))) {
			begin--;
		}
		// The letter of an escape, as in \\npassword, is none of the name
		while (begin > 0 && begin < end && text.charAt(begin - 1) == '\\'
				&& !Characters.isWithinWord(text, begin + 1)) {
			begin++;
		}
		return begin;
	}

	private static boolean isName(char c) {
		return Characters.isBase64Url(c) || c == '.' || c == '$';
	}

	private static int value(String text, int at, int behind, SecretNames.Kind kind, Findings findings) {
		int begin = behind;
		int backslashes = 0;
		char open = '\0';
		boolean spaced = false;
		while (begin < text.length() && begin - behind < MOST_BETWEEN) {
			char c = text.charAt(begin);
			if (Characters.isQuote(c) || c == '[' && !text.startsWith("[]", begin) || c == '(') {
				open = c;
				begin++;
				if (c != '(' && c != '[' || !isQuoteNext(text, begin)) {
					break;
				}
				backslashes = 0;
			}
			else if (c == '\\') {
				backslashes++;
				begin++;
			}
			else if (Characters.isSpace(c) && c != '\n' || isOperator(text, begin, behind)) {
				spaced |= c == ' ';
				begin++;
			}
			else {
				break;
			}
		}
		boolean quotedName = at > 0 && Characters.isQuote(text.charAt(at - 1));
		if (open == '\0' && spaced && quotedName && isWord(text, begin)) {
			return at;
		}
		if (begin < findings.lastEnd() || open == '\0' && isSaid(text, begin, spaced ? WORDS : NOTHING)) {
			return at;
		}
		int end = (open != '\0') ? endOfQuoted(text, begin, open, backslashes) : endOfPlain(text, begin, kind);
		if (open == '\0' && isNameOfSecret(text, begin, end)) {
			return at;
		}
		boolean blind = (open == '[' && end < text.length()) ? Mask.isBlind(text, begin - 1, end + 1)
				: Mask.isBlind(text, begin, end);
		if (blind || kind != SecretNames.Kind.PASSWORD && isCount(text, begin, end)) {
			return at;
		}
		findings.mask("secret", begin, end);
		return end;
	}

	/**
	 * The rest of {@code :=}, {@code =>} and the like.
	 */
	private static boolean isOperator(String text, int at, int behind) {
		char c = text.charAt(at);
		char before = text.charAt(at - 1);
		return c == '=' || c == '>' || c == ':' && (at == behind || before == ':' || before == '=');
	}

	/**
	 * Whether it is no secret but the name of one: what queries compare,
	 * {@code a.token_id = b.token_id}, {@code u.password = :password}.
	 */
	private static boolean isNameOfSecret(String text, int begin, int end) {
		char first = (begin < end) ? text.charAt(begin) : '\0';
		boolean parameter = first == ':' || first == '$' || first == '@';
		int dots = parameter ? 1 : 0;
		for (int i = parameter ? begin + 1 : begin; i < end; i++) {
			char c = text.charAt(i);
			dots += (c == '.') ? 1 : 0;
			if (c != '.' && c != '_' && !Characters.isLetterOrDigit(c) || dots > 1 || end - begin > LONGEST_NAME) {
				return false;
			}
		}
		return dots == 1 && SecretNames.kindOf(text, begin, end) != SecretNames.Kind.NONE;
	}

	private static boolean isQuoteNext(String text, int at) {
		return at < text.length() && (Characters.isQuote(text.charAt(at)) || text.charAt(at) == '\\');
	}

	private static int endOfQuoted(String text, int begin, char open, int backslashes) {
		char close = (open == '[') ? ']' : (open == '(') ? ')' : open;
		int before = 0;
		for (int i = begin; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\\') {
				before++;
				continue;
			}
			if (c == close && before <= backslashes) {
				// A quote that SQL writes twice is part of the value
				if (close == '\'' && i + 1 < text.length() && text.charAt(i + 1) == '\'') {
					i++;
				}
				else {
					return i - before;
				}
			}
			before = 0;
		}
		return text.length();
	}

	private static int endOfPlain(String text, int begin, SecretNames.Kind kind) {
		boolean line = kind == SecretNames.Kind.HEADER;
		int end = endOfPlaceholder(text, begin);
		while (end < text.length()) {
			char c = text.charAt(end);
			if (c == '\n' || c == '\r' || c == '"'
					|| !line && (Characters.isSpace(c) || c == '<' && end > begin && text.startsWith("</", end)
							|| isDelimiter(c) && endsBehind(text, end + 1))) {
				break;
			}
			end++;
		}
		return end;
	}

	/**
	 * The end of what begins as a mask or a placeholder: {@code <secret:16>},
	 * {@code {id}}.
	 */
	private static int endOfPlaceholder(String text, int begin) {
		char close = (begin >= text.length()) ? '\0' : (text.charAt(begin) == '<') ? '>'
				: (text.charAt(begin) == '{' || text.startsWith("${", begin)) ? '}' : '\0';
		int limit = Math.min(text.length(), begin + LONGEST_NAME);
		for (int i = begin + 1; close != '\0' && i < limit; i++) {
			char c = text.charAt(i);
			if (c == close) {
				return i + 1;
			}
			if (Characters.isSpace(c) || c == '"') {
				return begin;
			}
		}
		return begin;
	}

	private static boolean isDelimiter(char c) {
		return c == ',' || c == ';' || c == '&' || c == ')' || c == ']' || c == '}' || c == '\'' || c == '|' || c == '.'
				|| c == '>' || c == '%' || c == '\\' || c == ':';
	}

	/**
	 * Whether what comes behind a delimiter is no more of the value: nothing, space, more
	 * delimiters or the next name.
	 */
	private static boolean endsBehind(String text, int from) {
		if (from >= text.length()) {
			return true;
		}
		char c = text.charAt(from);
		if (Characters.isSpace(c) || c == '"' || c == ']' || c == '}' || c == ')' || c == '\'') {
			return true;
		}
		int end = from;
		int limit = Math.min(text.length(), from + LONGEST_NAME);
		while (end < limit && isName(text.charAt(end))) {
			end++;
		}
		char behind = (end < text.length()) ? text.charAt(end) : '\0';
		char delimiter = text.charAt(from - 1);
		return end > from && delimiter != '.' && delimiter != '%' && delimiter != '\\' && delimiter != '>'
				&& delimiter != ':' && (behind == '=' || behind == ':' && delimiter == ',');
	}

	/**
	 * Whether it is a word of a sentence: {@code password: must not be empty}.
	 */
	private static boolean isSaid(String text, int begin, Set<String> words) {
		int end = begin;
		while (end < text.length() && end - begin <= LONGEST_WORD && Characters.isLetter(text.charAt(end))) {
			end++;
		}
		boolean whole = end == text.length() || Characters.isSpace(text.charAt(end)) || isDelimiter(text.charAt(end));
		return end > begin && whole && words.contains(lower(text, begin, end));
	}

	/**
	 * Whether a word stands there, as in {@code field 'password': rejected}. Whoever
	 * quotes names quotes values that are texts, too.
	 */
	private static boolean isWord(String text, int begin) {
		int end = begin;
		while (end < text.length() && Characters.isLetter(text.charAt(end))) {
			end++;
		}
		return end > begin && end < text.length() && text.charAt(end) == ' ';
	}

	/**
	 * What has been entered and refused, as Spring's validation tells it.
	 */
	private static int rejected(String text, int at, Findings findings) {
		if (!isBehind(text, at, "rejected value ")) {
			return at;
		}
		int end = text.indexOf("]; codes", at);
		end = (end >= 0) ? end : text.indexOf(']', at);
		end = (end >= 0) ? end : text.length();
		if (end == at + 1 || text.startsWith("[null]", at)) {
			return at;
		}
		findings.mask("secret", at + 1, end);
		return end;
	}

	private static String lower(String text, int begin, int end) {
		StringBuilder word = new StringBuilder(end - begin);
		for (int i = begin; i < end; i++) {
			word.append(Characters.lower(text.charAt(i)));
		}
		return word.toString();
	}

	private static boolean isCount(String text, int begin, int end) {
		for (int i = begin; i < end; i++) {
			if (!Characters.isDigit(text.charAt(i))) {
				return false;
			}
		}
		return end - begin <= LARGEST_COUNT;
	}

	/**
	 * The content of an element of XML.
	 */
	private static int element(String text, int at, Findings findings) {
		int begin = beginOfName(text, at);
		if (begin == at || begin == 0 || text.charAt(begin - 1) != '<' && text.charAt(begin - 1) != ':') {
			return at;
		}
		if (SecretNames.kindOf(text, begin, at) == SecretNames.Kind.NONE) {
			return at;
		}
		int end = text.indexOf('<', at + 1);
		end = (end >= 0) ? end : text.length();
		if (Mask.isBlind(text, at + 1, end)) {
			return at;
		}
		findings.mask("secret", at + 1, end);
		return end;
	}

	/**
	 * An option of a command and its value, apart by a space.
	 */
	private static int option(String text, int at, Findings findings) {
		if (!text.startsWith("--", at) || at > 0 && (text.charAt(at - 1) == '-' || Characters.isWithinWord(text, at))) {
			return at;
		}
		int end = at + 2;
		while (end < text.length() && end - at < LONGEST_NAME && isName(text.charAt(end))) {
			end++;
		}
		int behind = end;
		if (behind < text.length() && text.charAt(behind) == ',') {
			behind++;
		}
		if (behind + 1 >= text.length() || text.charAt(behind) != ' ' || isOption(text, behind + 1)) {
			return at;
		}
		SecretNames.Kind kind = SecretNames.kindOf(text, at + 2, end);
		return (kind != SecretNames.Kind.NONE) ? value(text, at, behind + 1, kind, findings) : at;
	}

	/**
	 * Whether it is the next option, and no value that begins with dashes.
	 */
	private static boolean isOption(String text, int at) {
		int end = at + 2;
		while (end < text.length() && (text.charAt(end) == '-' || Characters.isLetter(text.charAt(end)))) {
			end++;
		}
		return text.startsWith("--", at)
				&& (end == text.length() || Characters.isSpace(text.charAt(end)) || text.charAt(end) == '=');
	}

	/**
	 * A password of SQL: {@code ALTER USER … PASSWORD '…'}, {@code IDENTIFIED BY '…'}.
	 */
	private static int quoted(String text, int at, Findings findings) {
		int space = at - 1;
		if (space < 3 || text.charAt(space) != ' ' || !Characters.isLetter(text.charAt(space - 1))) {
			return at;
		}
		boolean password = isBehind(text, space, "password") || isBehind(text, space, "identified by")
				|| isBehind(text, space, "passwd") || isBehind(text, space, "passphrase");
		return password ? value(text, at, at, SecretNames.Kind.PASSWORD, findings) : at;
	}

	private static boolean isBehind(String text, int at, String lower) {
		return at >= lower.length() && Characters.isAt(text, at - lower.length(), lower);
	}

}
