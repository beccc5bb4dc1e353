package io.hindspan.guard;

/**
 * Finds international bank account numbers, in one run or in groups of four, by country,
 * length and check digits.
 *
 * @see <a href="https://www.iso.org/standard/81090.html">ISO 13616</a>
 */
final class IbanScanner implements Scanner {

	/** Country and length, four characters each. */
	private static final String COUNTRIES = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27"
			+ "DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30"
			+ "KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29"
			+ "RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

	/** UUIDs have dashes, too, but not behind each four. */
	private static final int GROUP = 4;

	@Override
	public String triggers() {
		return "0123456789";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		int begin = at - 2;
		if (begin < findings.lastEnd() || !Characters.isLetter(text.charAt(begin))
				|| !Characters.isLetter(text.charAt(begin + 1)) || Characters.isWithinWord(text, begin)
				|| !Characters.continuesAt(text, at + 1) || !Characters.isDigit(text.charAt(at + 1))) {
			return at;
		}
		int expected = lengthIn(text.charAt(begin), text.charAt(begin + 1));
		int end = (expected > 0) ? end(text, begin, expected) : -1;
		if (end < 0 || Characters.continuesAt(text, end) || !isChecked(text, begin, end)) {
			return at;
		}
		findings.mask("iban", begin, end);
		return end;
	}

	private static int lengthIn(char first, char second) {
		char upperFirst = (char) (first & ~0x20);
		char upperSecond = (char) (second & ~0x20);
		for (int i = 0; i < COUNTRIES.length(); i += 4) {
			if (COUNTRIES.charAt(i) == upperFirst && COUNTRIES.charAt(i + 1) == upperSecond) {
				return 10 * (COUNTRIES.charAt(i + 2) - '0') + (COUNTRIES.charAt(i + 3) - '0');
			}
		}
		return -1;
	}

	private static int end(String text, int begin, int expected) {
		int read = 0;
		int i = begin;
		boolean separated = false;
		int group = 0;
		while (i < text.length() && read < expected) {
			char c = text.charAt(i);
			if (Characters.isLetterOrDigit(c)) {
				read++;
				group++;
				separated = false;
			}
			else if (separated || c != ' ' && c != '+' && c != '\u00a0' && (c != '-' || group != GROUP)) {
				return -1;
			}
			else {
				separated = true;
				group = 0;
			}
			i++;
		}
		return (read == expected) ? i : -1;
	}

	private static boolean isChecked(String text, int begin, int end) {
		int remainder = remainder(0, text, begin + 4, end);
		return remainder(remainder, text, begin, begin + 4) == 1;
	}

	private static int remainder(int remainder, String text, int begin, int end) {
		int result = remainder;
		for (int i = begin; i < end; i++) {
			char c = text.charAt(i);
			if (Characters.isDigit(c)) {
				result = (10 * result + (c - '0')) % 97;
			}
			else if (Characters.isLetter(c)) {
				result = (100 * result + (Characters.lower(c) - 'a' + 10)) % 97;
			}
		}
		return result;
	}

}
