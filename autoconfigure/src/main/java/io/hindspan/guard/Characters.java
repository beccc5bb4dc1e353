package io.hindspan.guard;

/**
 * Kinds of characters, as formats of secrets have them: of ASCII only.
 */
final class Characters {

	private Characters() {
	}

	static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	static boolean isUpper(char c) {
		return c >= 'A' && c <= 'Z';
	}

	static boolean isLetter(char c) {
		return isUpper((char) (c & ~0x20));
	}

	static boolean isLetterOrDigit(char c) {
		return isLetter(c) || isDigit(c);
	}

	static boolean isHex(char c) {
		return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
	}

	static boolean isBase64Url(char c) {
		return isLetterOrDigit(c) || c == '-' || c == '_';
	}

	static boolean isBase64(char c) {
		return isBase64Url(c) || c == '+' || c == '/' || c == '=';
	}

	static boolean isSpace(char c) {
		return c <= ' ' || c == '\u00a0';
	}

	static boolean isQuote(char c) {
		return c == '"' || c == '\'' || c == '`';
	}

	static char lower(char c) {
		return isUpper(c) ? (char) (c | 0x20) : c;
	}

	/**
	 * Whether a text has this, in whatever case.
	 * @param lower what it may have, in lower case
	 */
	static boolean isAt(String text, int at, String lower) {
		return text.regionMatches(true, at, lower, 0, lower.length());
	}

	/**
	 * Whether a letter or a digit comes before a place that is not the end of an escape,
	 * such as {@code %20} of URLs or {@code \\n} of JSON.
	 */
	static boolean isWithinWord(CharSequence text, int at) {
		if (at == 0 || !isLetterOrDigit(text.charAt(at - 1))) {
			return false;
		}
		boolean encoded = at >= 3 && text.charAt(at - 3) == '%' && isHex(text.charAt(at - 2))
				&& isHex(text.charAt(at - 1));
		boolean escaped = at >= 2 && text.charAt(at - 2) == '\\' && "nrtbf".indexOf(text.charAt(at - 1)) >= 0;
		boolean unicode = at >= 6 && text.charAt(at - 6) == '\\' && text.charAt(at - 5) == 'u';
		return !encoded && !escaped && !unicode;
	}

	/**
	 * Whether what is around a place is part of the same word or number.
	 */
	static boolean continuesAt(String text, int at) {
		return at >= 0 && at < text.length() && isLetterOrDigit(text.charAt(at));
	}

}
