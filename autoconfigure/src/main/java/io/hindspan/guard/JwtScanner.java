package io.hindspan.guard;

/**
 * Finds JSON Web Tokens: parts of base64url between dots, of which the first is that of
 * an object, {@code eyJ}.
 */
final class JwtScanner implements Scanner {

	private static final int LONGEST_HEADER = 4096;

	private static final int SHORTEST_PART = 4;

	private static final int MOST_PARTS = 5;

	@Override
	public String triggers() {
		return "J";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		int begin = at - 2;
		if (begin < findings.lastEnd() || text.charAt(begin) != 'e' || text.charAt(begin + 1) != 'y'
				|| Characters.isWithinWord(text, begin)) {
			return at;
		}
		int end = endOfHeader(text, at, findings);
		if (end - begin < SHORTEST_PART || end - at > LONGEST_HEADER || end >= text.length()
				|| text.charAt(end) != '.') {
			return at;
		}
		int payload = endOfPart(text, end + 1, text.length());
		if (payload - end <= SHORTEST_PART && !text.startsWith("..", end)) {
			return at;
		}
		end = payload;
		for (int part = 2; part < MOST_PARTS && end < text.length() && text.charAt(end) == '.'; part++) {
			end = endOfPart(text, end + 1, text.length());
		}
		findings.mask("jwt", begin, end);
		return end;
	}

	/**
	 * The end of the word that a place is in, which is looked for once for each word.
	 */
	private static int endOfHeader(String text, int at, Findings findings) {
		if (at >= findings.wordRead) {
			findings.wordRead = endOfPart(text, at, text.length());
		}
		return findings.wordRead;
	}

	private static int endOfPart(String text, int from, int limit) {
		int end = from;
		while (end < limit && Characters.isBase64Url(text.charAt(end))) {
			end++;
		}
		return end;
	}

}
