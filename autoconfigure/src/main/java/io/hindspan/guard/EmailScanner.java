package io.hindspan.guard;

/**
 * Finds addresses of e-mail, also with the {@code @} as URLs and JSON may write it.
 */
final class EmailScanner implements Scanner {

	private static final int LONGEST_LOCAL_PART = 64;

	private static final int LONGEST_DOMAIN = 255;

	@Override
	public String triggers() {
		return "@%\\";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		int behind = behindSign(text, at);
		if (behind < 0) {
			return at;
		}
		int begin = beginOfLocalPart(text, at, findings.lastEnd());
		if (begin == at) {
			return at;
		}
		int end = endOfDomain(text, behind);
		if (end < 0) {
			return at;
		}
		findings.mask("email", begin, end);
		return end;
	}

	private static int behindSign(String text, int at) {
		return switch (text.charAt(at)) {
			case '@' -> at + 1;
			case '%' -> text.startsWith("40", at + 1) ? at + 3 : (text.startsWith("2540", at + 1) ? at + 5 : -1);
			default -> text.startsWith("u0040", at + 1) ? at + 6 : -1;
		};
	}

	private static int beginOfLocalPart(String text, int at, int floor) {
		int lowest = Math.max(floor, at - LONGEST_LOCAL_PART);
		if (at - 1 > lowest && text.charAt(at - 1) == '"') {
			for (int i = at - 2; i >= lowest; i--) {
				if (text.charAt(i) == '"') {
					return i;
				}
			}
		}
		int begin = at;
		while (begin > lowest && isLocal(text.charAt(begin - 1))) {
			begin--;
		}
		// A dot or a dash before an address is the sentence's, as is the quote around it
		while (begin < at && !isWord(text.charAt(begin))) {
			begin++;
		}
		return begin;
	}

	private static int endOfDomain(String text, int from) {
		int highest = Math.min(text.length(), from + LONGEST_DOMAIN);
		if (from < highest && text.charAt(from) == '[') {
			int close = from + 1;
			while (close < highest && isInBrackets(text.charAt(close))) {
				close++;
			}
			return (close > from + 1 && close < highest && text.charAt(close) == ']') ? close + 1 : -1;
		}
		int end = from;
		while (end < highest && (isWord(text.charAt(end)) || text.charAt(end) == '-' || text.charAt(end) == '.')) {
			end++;
		}
		while (end > from && !isWord(text.charAt(end - 1))) {
			end--;
		}
		// A version, as in module@1.2.3, ends with a number where a domain has letters
		int dot = lastDot(text, from, end);
		while (dot > from && isNumber(text, dot + 1, end)) {
			end = dot;
			dot = lastDot(text, from, end);
		}
		return (dot > from && end - dot > 2 && !Characters.isDigit(text.charAt(dot + 1))) ? end : -1;
	}

	private static boolean isInBrackets(char c) {
		return Characters.isLetterOrDigit(c) || c == '.' || c == ':';
	}

	private static int lastDot(String text, int from, int end) {
		int dot = end - 1;
		while (dot > from && text.charAt(dot) != '.') {
			dot--;
		}
		return dot;
	}

	private static boolean isNumber(String text, int begin, int end) {
		for (int i = begin; i < end; i++) {
			if (!Characters.isDigit(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isWord(char c) {
		return (c < 128) ? Characters.isLetterOrDigit(c) || c == '_'
				: Character.isLetterOrDigit(c) || Character.isSurrogate(c);
	}

	private static boolean isLocal(char c) {
		return isWord(c) || switch (c) {
			case '.', '-', '+', '%', '\'', '!', '#', '$', '&', '*', '/', '^', '`', '{', '|', '}', '~' -> true;
			default -> false;
		};
	}

}
