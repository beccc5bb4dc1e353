package io.hindspan.guard;

/**
 * Finds private keys in PEM, to their end or that of the text.
 */
final class PrivateKeyScanner implements Scanner {

	private static final int LONGEST_LABEL = 64;

	@Override
	public String triggers() {
		return "-";
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		if (!text.startsWith("-----BEGIN ", at)) {
			return at;
		}
		int label = at + 11;
		int endOfLabel = text.indexOf("-----", label);
		if (endOfLabel < 0 || endOfLabel - label > LONGEST_LABEL
				|| text.substring(label, endOfLabel).indexOf("PRIVATE KEY") < 0) {
			return at;
		}
		int end = text.indexOf("-----END ", endOfLabel);
		int close = (end >= 0) ? text.indexOf("-----", end + 9) : -1;
		int behind = (close >= 0) ? close + 5 : text.length();
		findings.mask("private-key", at, behind);
		return behind;
	}

}
