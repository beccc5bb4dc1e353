package io.hindspan.guard;

import java.util.Locale;
import java.util.Set;

/**
 * What stands in the place of something masked: its type, and its length rounded up to a
 * power of two, which tells an empty field from a filled one and hardly more.
 */
final class Mask {

	private static final int LONGEST = 48;

	/** What is longer is no {@code ${name}}. */
	private static final int LONGEST_PLACEHOLDER = 128;

	private static final Set<String> MASKED = Set.of("redacted", "masked", "filtered", "hidden", "protected", "removed",
			"sensitive");

	private Mask() {
	}

	static String of(String type, int length) {
		return append(new StringBuilder(type.length() + 8), type, length).toString();
	}

	static StringBuilder append(StringBuilder text, String type, int length) {
		int rounded = (length <= 1) ? 1 : Integer.highestOneBit(length - 1) << 1;
		return text.append('<').append(type).append(':').append(rounded).append('>');
	}

	/**
	 * The end of a mask that a text has already.
	 * @return the index behind it, or {@code begin} where there is none
	 */
	static int end(String text, int begin) {
		int limit = Math.min(text.length(), begin + LONGEST);
		for (int i = begin + 1; i < limit; i++) {
			char c = text.charAt(i);
			if (c == '>') {
				return (i > begin + 1 && Characters.isDigit(text.charAt(i - 1)) && isWord(text, begin + 1, i)) ? i + 1
						: begin;
			}
		}
		return begin;
	}

	/**
	 * Whether a value tells nothing: it is masked already, or a placeholder.
	 */
	static boolean isBlind(CharSequence text, int begin, int end) {
		if (begin >= end) {
			return true;
		}
		char first = text.charAt(begin);
		char last = text.charAt(end - 1);
		int length = end - begin;
		if (first == '{' && last == '}') {
			return isWord(text, begin + 1, end - 1);
		}
		if (first == '<' && last == '>' || first == '[' && last == ']') {
			return first == '<' && Characters.isDigit(text.charAt(Math.max(begin, end - 2)))
					&& isWord(text, begin + 1, end - 1) || isSaidMasked(text, begin + 1, end - 1);
		}
		if (first == '$') {
			return length > 1 && (text.charAt(begin + 1) == '{' && last == '}' && length <= LONGEST_PLACEHOLDER
					|| isNumber(text, begin + 1, end));
		}
		if (first == '%') {
			return length == 2 && Characters.isLetter(last);
		}
		if (first == '?' || first == '*' || first == '.' || first == '\u2022') {
			for (int i = begin; i < end; i++) {
				if (text.charAt(i) != first) {
					return first == '?' && isNumber(text, begin + 1, end);
				}
			}
			return true;
		}
		return false;
	}

	/**
	 * What others put in the place of a secret.
	 */
	private static boolean isSaidMasked(CharSequence text, int begin, int end) {
		String word = text.subSequence(begin, Math.max(begin, Math.min(end, begin + LONGEST))).toString();
		return MASKED.contains(word.toLowerCase(Locale.ROOT));
	}

	/**
	 * The content of a placeholder: {@code email:16}, {@code id}, {@code REDACTED}.
	 */
	private static boolean isWord(CharSequence text, int begin, int end) {
		int colon = -1;
		for (int i = begin; i < end; i++) {
			char c = text.charAt(i);
			if (c == ':' && colon < 0) {
				colon = i;
			}
			else if (colon >= 0) {
				if (!Characters.isDigit(c)) {
					return false;
				}
			}
			else if (!Characters.isLetter(c) && c != '-' && c != '_') {
				return false;
			}
		}
		return true;
	}

	private static boolean isNumber(CharSequence text, int begin, int end) {
		for (int i = begin; i < end; i++) {
			if (!Characters.isDigit(text.charAt(i))) {
				return false;
			}
		}
		return begin < end;
	}

}
