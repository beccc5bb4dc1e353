package io.hindspan.guard;

import java.util.Locale;
import java.util.Set;

/**
 * Finds the credentials of HTTP's authorization schemes {@code Bearer} and {@code Basic},
 * wherever they stand.
 */
final class CredentialsScanner implements Scanner {

	private static final int SHORTEST_OPAQUE = 20;

	private static final int LONGEST_BASIC = 512;

	/** What sentences have behind the scheme's name. */
	private static final Set<String> WORDS = Set.of("token", "tokens", "authentication", "authorization", "realm",
			"scheme", "auth", "credentials", "error", "challenge", "required", "missing", "invalid", "expected",
			"header", "is", "was", "and", "or", "of", "in", "not", "format", "type", "access", "security");

	@Override
	public String triggers() {
		return "bB";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		char next = (at + 1 < text.length()) ? Characters.lower(text.charAt(at + 1)) : ' ';
		if (next != 'e' && next != 'a' || Characters.isWithinWord(text, at)) {
			return at;
		}
		if (Characters.isAt(text, at, "bearer")) {
			return bearer(text, at, findings);
		}
		return Characters.isAt(text, at, "basic") ? basic(text, at, findings) : at;
	}

	private static int bearer(String text, int at, Findings findings) {
		int begin = behindSpace(text, at + 6);
		int end = begin;
		while (begin >= 0 && end < text.length() && (isToken(text.charAt(end)))) {
			end++;
		}
		// The dot or the dashes of a sentence
		while (end > begin && (text.charAt(end - 1) == '.' || text.charAt(end - 1) == ':')) {
			end--;
		}
		if (begin < 0 || end == begin || isSaid(text, at, begin, end)) {
			return at;
		}
		findings.mask("bearer", begin, end);
		return end;
	}

	/**
	 * Whether it is a word of a sentence: letters only, in lower case, and few of them,
	 * or one that is known.
	 */
	private static boolean isSaid(String text, int at, int begin, int end) {
		for (int i = begin + 1; i < end; i++) {
			char c = text.charAt(i);
			if (!Characters.isLetter(c) && c != '=' || Characters.isUpper(c) && end - begin > 4) {
				return false;
			}
		}
		int word = end;
		for (int i = begin; i < end; i++) {
			if (text.charAt(i) == '=') {
				word = i;
				break;
			}
		}
		if (!Characters.isLetter(text.charAt(begin))) {
			return false;
		}
		if (WORDS.contains(text.substring(begin, word).toLowerCase(Locale.ROOT))) {
			return true;
		}
		boolean alone = at == 0 && end == text.length() || at > 1 && isAssignment(text, at - 1);
		return !alone && end - begin < SHORTEST_OPAQUE;
	}

	private static boolean isAssignment(String text, int before) {
		int i = before;
		while (i > 0 && (Characters.isSpace(text.charAt(i)) || Characters.isQuote(text.charAt(i))
				|| text.charAt(i) == '[')) {
			i--;
		}
		return text.charAt(i) == ':' || text.charAt(i) == '=';
	}

	/**
	 * What {@code Basic} has behind it is base64 of a text with a colon.
	 */
	private static int basic(String text, int at, Findings findings) {
		int begin = behindSpace(text, at + 5);
		if (begin < 0) {
			return at;
		}
		int end = begin;
		int bits = 0;
		int value = 0;
		boolean colon = false;
		boolean readable = true;
		boolean ascii = true;
		boolean word = true;
		int limit = Math.min(text.length(), begin + LONGEST_BASIC);
		while (end < limit && Characters.isBase64(text.charAt(end))) {
			char c = text.charAt(end);
			word &= Characters.isLetter(c) && (end == begin || !Characters.isUpper(c));
			int six = six(c);
			end++;
			if (six < 0) {
				continue;
			}
			value = (value << 6) | six;
			bits += 6;
			if (bits >= 8) {
				bits -= 8;
				int octet = (value >> bits) & 0xff;
				colon |= octet == ':';
				readable &= octet >= ' ' && octet != 0x7f;
				ascii &= octet < 0x80;
			}
		}
		// Words are base64, too, but not of readable text
		if (!colon || !readable || word && !ascii) {
			return at;
		}
		while (end < text.length() && Characters.isBase64(text.charAt(end))) {
			end++;
		}
		findings.mask("basic", begin, end);
		return end;
	}

	private static int six(char c) {
		if (Characters.isUpper(c)) {
			return c - 'A';
		}
		if (Characters.isLetter(c)) {
			return c - 'a' + 26;
		}
		if (Characters.isDigit(c)) {
			return c - '0' + 52;
		}
		return switch (c) {
			case '+', '-' -> 62;
			case '/', '_' -> 63;
			default -> -1;
		};
	}

	private static int behindSpace(String text, int from) {
		int i = from;
		while (i < text.length() && i - from < 8) {
			char c = text.charAt(i);
			if (Characters.isSpace(c) || c == '+' || c == ':' || c == '=') {
				i++;
			}
			else if (text.startsWith("%20", i)) {
				i += 3;
			}
			else {
				break;
			}
		}
		return (i > from && i < text.length()) ? i : -1;
	}

	private static boolean isToken(char c) {
		return Characters.isBase64(c) || c == '.' || c == '~' || c == ':' || c == '%' || c == '|';
	}

}
