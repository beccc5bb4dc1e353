package io.hindspan.export;

import io.hindspan.guard.ForeignText;

/**
 * Text that comes from elsewhere, fit for a line of the log: short, without control
 * characters and without secrets.
 */
final class ReplyText {

	private static final int MAX_LENGTH = 200;

	private ReplyText() {
	}

	static String printable(String foreign) {
		String text = ForeignText.masked(foreign);
		StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
		for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
			char c = text.charAt(i);
			printable.append((Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029')
					? ' ' : c);
		}
		return printable.toString().strip();
	}

}
