package io.hindspan.guard;

/**
 * Finds what URLs say of somebody: the part before the {@code @} and the values of
 * parameters, whose names stay.
 */
final class UrlScanner implements Scanner {

	private static final int LONGEST_NAME = 128;

	private static final int LONGEST_USER_INFO = 512;

	private static final String ORACLE = "oracle:thin";

	@Override
	public String triggers() {
		return ":%?#";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		switch (text.charAt(at)) {
			case ':' -> {
				int authority = authority(text, at);
				if (authority >= 0) {
					return userInfo(text, authority, false, findings);
				}
				return isOracle(text, at) ? oracleUser(text, at, findings) : at;
			}
			case '%' -> {
				return Characters.isAt(text, at, "%3a%2f%2f") ? userInfo(text, at + 9, true, findings) : at;
			}
			default -> {
				if (at == 0 || Characters.isSpace(text.charAt(at - 1))) {
					return at;
				}
				return parameters(text, at + 1, findings);
			}
		}
	}

	/**
	 * Masks the values of a query.
	 * @param from the index behind the question mark
	 * @return the end of the query, or {@code from - 1} where there is none
	 */
	static int parameters(String text, int from, Findings findings) {
		int next = from;
		int done = from - 1;
		while (true) {
			int name = next;
			int limit = Math.min(text.length(), name + LONGEST_NAME);
			while (next < limit && isName(text.charAt(next))) {
				next++;
			}
			char c = (next < text.length()) ? text.charAt(next) : '\0';
			if (c == '=' && next > name) {
				int value = next + 1;
				next = endOfValue(text, value);
				int end = withoutPunctuation(text, value, next);
				if (!Mask.isBlind(text, value, end)) {
					findings.mask("value", value, end);
				}
				done = next;
				c = (next < text.length()) ? text.charAt(next) : '\0';
			}
			if (c != '&') {
				return done;
			}
			next++;
		}
	}

	private static int endOfValue(String text, int from) {
		int end = from;
		while (end < text.length()) {
			char c = text.charAt(end);
			if (c == '&' || c == '#' || c == '"' || c == '<' && end > from || c == '>' && text.charAt(from) != '<'
					|| c == '`' || c == '\\' || Characters.isSpace(c)) {
				break;
			}
			end++;
		}
		return end;
	}

	/**
	 * The end of a value without what a sentence or a list puts behind a URL.
	 */
	private static int withoutPunctuation(String text, int begin, int end) {
		int last = end;
		while (last > begin) {
			char c = text.charAt(last - 1);
			boolean opened = c == '}' && text.charAt(begin) == '{' || c == '>' && text.charAt(begin) == '<'
					|| c == ']' && text.charAt(begin) == '[';
			if (opened || c != ')' && c != ']' && c != '}' && c != ',' && c != ';' && c != '\'' && c != ':') {
				break;
			}
			last--;
		}
		return last;
	}

	private static boolean isName(char c) {
		return Characters.isBase64Url(c) || c > 127 || switch (c) {
			case '.', '~', '[', ']', '%', '+', '*', '!', '$', '@', ':', '(', ')', ';' -> true;
			default -> false;
		};
	}

	private static int authority(String text, int at) {
		if (text.startsWith("//", at + 1)) {
			return at + 3;
		}
		// As JSON may write it, once or within a text
		int i = at + 1;
		int slashes = 0;
		while (i < text.length() && i < at + 12 && (text.charAt(i) == '\\' || text.charAt(i) == '/')) {
			slashes += (text.charAt(i) == '/') ? 1 : 0;
			i++;
		}
		return (slashes >= 2) ? i : -1;
	}

	private static int userInfo(String text, int begin, boolean encoded, Findings findings) {
		int end = endOfAuthority(text, begin, encoded);
		int sign = sign(text, begin, end);
		if (sign < 0 && hasPassword(text, begin, end)) {
			// A password with a slash or a question mark that nobody has encoded
			int word = end;
			int limit = Math.min(text.length(), begin + LONGEST_USER_INFO);
			while (word < limit && !Characters.isSpace(text.charAt(word)) && text.charAt(word) != '"') {
				word++;
			}
			sign = text.substring(begin, word).indexOf('@');
			sign = (sign >= 0) ? begin + sign : -1;
		}
		if (sign <= begin) {
			return begin;
		}
		boolean placeholder = text.charAt(begin) == '{' || text.charAt(begin) == '<' || text.startsWith("${", begin);
		if (!placeholder || !Mask.isBlind(text, begin, sign)) {
			findings.mask("userinfo", begin, sign);
		}
		return sign + 1;
	}

	private static int endOfAuthority(String text, int begin, boolean encoded) {
		int end = begin;
		while (end < text.length()) {
			char c = text.charAt(end);
			if (c == '/' || c == '?' || c == '#' || c == '"' || c == '\\' || Characters.isSpace(c)
					|| encoded && c == '%' && Characters.isAt(text, end, "%2f")) {
				break;
			}
			end++;
		}
		return end;
	}

	private static int sign(String text, int begin, int end) {
		int encoded = -1;
		for (int i = end - 1; i >= begin; i--) {
			if (text.charAt(i) == '@') {
				return i;
			}
			if (encoded < 0 && text.startsWith("%40", i)) {
				encoded = i;
			}
		}
		return encoded;
	}

	/**
	 * Whether there is something else than a port behind a colon.
	 */
	private static boolean hasPassword(String text, int begin, int end) {
		for (int i = begin; i < end - 1; i++) {
			if (text.charAt(i) == '[') {
				return false;
			}
			if (text.charAt(i) == ':') {
				char c = text.charAt(i + 1);
				return !Characters.isDigit(c) && c != '{' && c != '$' && c != '<' || !isPort(text, i + 1, end);
			}
		}
		return false;
	}

	private static boolean isPort(String text, int begin, int end) {
		for (int i = begin; i < end; i++) {
			char c = text.charAt(i);
			if (!Characters.isDigit(c)) {
				return c == ',' || c == ')' || c == ']' || c == '{' || c == '$' || c == '<' || c == '\'';
			}
		}
		return true;
	}

	private static boolean isOracle(String text, int at) {
		return at >= ORACLE.length() && Characters.isAt(text, at - ORACLE.length(), ORACLE);
	}

	private static int oracleUser(String text, int at, Findings findings) {
		int end = at + 1;
		int limit = Math.min(text.length(), end + LONGEST_USER_INFO);
		while (end < limit && text.charAt(end) != '@' && !Characters.isSpace(text.charAt(end))) {
			end++;
		}
		if (end == at + 1 || end == limit || text.charAt(end) != '@') {
			return at;
		}
		findings.mask("userinfo", at + 1, end);
		return end;
	}

}
