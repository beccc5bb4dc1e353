package io.hindspan.guard;

/**
 * Finds numbers of payment cards: 13 to 19 digits with the beginning and the length of a
 * known issuer and a right check digit, in one run or in groups as they are printed.
 */
final class CardScanner implements Scanner {

	/** The least number with as many digits as a card's. */
	static final long LEAST = 1_000_000_000_000L;

	private static final int FEWEST = 13;

	private static final int MOST = 19;

	private static final int LARGEST_GROUP = 6;

	/** As URLs write it. */
	private static final String SPACE = "%20";

	/** Beginnings, from and to, and the lengths that go with them. */
	private static final int[][] ISSUERS = {
			// Visa
			{ 4, 4, 13, 16, 19 },
			// Mastercard
			{ 51, 55, 16 }, { 2221, 2720, 16 },
			// American Express
			{ 34, 34, 15 }, { 37, 37, 15 },
			// Diners Club
			{ 300, 305, 14 }, { 36, 36, 14 }, { 38, 39, 14 },
			// Discover
			{ 6011, 6011, 16, 19 }, { 644, 649, 16, 19 }, { 65, 65, 16, 19 },
			// JCB
			{ 3528, 3589, 16, 19 },
			// UnionPay
			{ 62, 62, 16, 17, 18, 19 },
			// Maestro
			{ 5018, 5018, 16, 18, 19 }, { 5020, 5020, 16, 18, 19 }, { 5038, 5038, 16, 18, 19 },
			{ 6304, 6304, 16, 18, 19 }, { 6759, 6759, 16, 18, 19 }, { 6761, 6763, 16, 18, 19 } };

	@Override
	public String triggers() {
		return "23456";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		if (at > 0 && !isBoundaryBefore(text, at)) {
			return at;
		}
		int digits = 0;
		int groups = 0;
		int first = 0;
		int group = 0;
		int found = -1;
		for (int i = at; digits <= MOST; i++) {
			char c = (i < text.length()) ? text.charAt(i) : '\0';
			if (Characters.isDigit(c)) {
				digits++;
				group++;
				continue;
			}
			if (group == 0) {
				break;
			}
			groups++;
			first = (groups == 1) ? group : first;
			if (digits >= FEWEST && digits <= MOST && group <= Math.max(first, LARGEST_GROUP)
					&& isBoundaryBehind(text, i, groups) && isCard(text, at, i, digits)) {
				found = i;
			}
			// As they are printed: groups of four, 4-6-5, 4-6-4, or any of one size
			boolean printed = group == first || first == 4 && group == LARGEST_GROUP;
			if (!printed || first == 1 || !isSeparator(c) && !text.startsWith(SPACE, i)) {
				break;
			}
			i += (c == '%') ? SPACE.length() - 1 : 0;
			group = 0;
		}
		if (found < 0) {
			return at;
		}
		findings.mask("card", at, found);
		return found;
	}

	/**
	 * Whether a number that stands for itself is that of a card.
	 * @param number a positive number
	 */
	static boolean isCard(long number) {
		if (number < LEAST) {
			return false;
		}
		String text = Long.toString(number);
		return isCard(text, 0, text.length(), text.length());
	}

	private static boolean isCard(String text, int begin, int end, int digits) {
		return isIssued(text, begin, digits) && isChecked(text, begin, end);
	}

	private static boolean isIssued(String text, int begin, int digits) {
		int four = 0;
		int read = 0;
		for (int i = begin; read < 4; i++) {
			char c = text.charAt(i);
			if (Characters.isDigit(c)) {
				four = 10 * four + (c - '0');
				read++;
			}
		}
		for (int[] issuer : ISSUERS) {
			int beginning = (issuer[0] < 10) ? four / 1000
					: (issuer[0] < 100) ? four / 100 : (issuer[0] < 1000) ? four / 10 : four;
			if (beginning >= issuer[0] && beginning <= issuer[1]) {
				for (int i = 2; i < issuer.length; i++) {
					if (issuer[i] == digits) {
						return true;
					}
				}
			}
		}
		return false;
	}

	/**
	 * By the formula of Luhn.
	 */
	private static boolean isChecked(String text, int begin, int end) {
		int sum = 0;
		boolean twice = false;
		for (int i = end - 1; i >= begin; i--) {
			char c = text.charAt(i);
			if (c == '0' && text.startsWith(SPACE, i - 2)) {
				i -= 2;
			}
			else if (Characters.isDigit(c)) {
				int digit = c - '0';
				int counted = twice ? 2 * digit : digit;
				sum += (counted > 9) ? counted - 9 : counted;
				twice = !twice;
			}
		}
		return sum % 10 == 0;
	}

	/**
	 * Not within a number, a fraction or an id of letters and digits; behind a word.
	 */
	private static boolean isBoundaryBefore(String text, int at) {
		char before = text.charAt(at - 1);
		if (!Characters.isWithinWord(text, at) && before != '.') {
			return true;
		}
		if (Characters.isDigit(before)) {
			return false;
		}
		if (before == '.') {
			return at < 2 || !Characters.isDigit(text.charAt(at - 2));
		}
		return !Characters.isLetter(before) || isWord(text, at - 1, -1);
	}

	/**
	 * Whether letters next to a number are a word, and not part of a hexadecimal id.
	 */
	private static boolean isWord(String text, int from, int step) {
		boolean hexadecimal = true;
		int i = from;
		while (i >= 0 && i < text.length() && Math.abs(i - from) <= MOST && Characters.isLetter(text.charAt(i))) {
			hexadecimal &= Characters.isHex(text.charAt(i));
			i += step;
		}
		return !hexadecimal && (i < 0 || i >= text.length() || !Characters.isDigit(text.charAt(i)));
	}

	private static boolean isBoundaryBehind(String text, int end, int groups) {
		if (end >= text.length()) {
			return true;
		}
		char behind = text.charAt(end);
		boolean fraction = behind == '.' && groups == 1 && end + 1 < text.length()
				&& Characters.isDigit(text.charAt(end + 1));
		return (!Characters.isLetter(behind) || isWord(text, end, 1)) && !fraction;
	}

	private static boolean isSeparator(char c) {
		return c == ' ' || c == '-' || c == '.' || c == '+' || c == '/' || c == '_' || c == '\u00a0' || c == '\u2013';
	}

}
