package io.hindspan.guard;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern of the application's own. A search may look at so many characters, in
 * proportion to the length of the text, and then gives up, so that no pattern takes long
 * over any text. Thread-safe.
 */
final class GuardedPattern implements ValueDetector {

	private static final int LOOKS_PER_CHARACTER = 64;

	private static final int LOOKS_AT_LEAST = 4096;

	private final String name;

	private final Pattern pattern;

	GuardedPattern(String name, Pattern pattern) {
		this.name = name;
		this.pattern = pattern;
	}

	@Override
	public void detect(String text, Findings findings) {
		Matcher matcher = this.pattern
			.matcher(new BoundedText(this.name, text, LOOKS_AT_LEAST + (long) LOOKS_PER_CHARACTER * text.length()));
		while (matcher.find()) {
			if (matcher.end() > matcher.start()) {
				findings.mask(this.name, matcher.start(), matcher.end());
			}
		}
	}

	/**
	 * A text that can be looked at only so often.
	 */
	private static final class BoundedText implements CharSequence {

		private final String name;

		private final String text;

		private long looks;

		BoundedText(String name, String text, long looks) {
			this.name = name;
			this.text = text;
			this.looks = looks;
		}

		@Override
		public char charAt(int index) {
			if (--this.looks < 0) {
				throw new TooManyLooksException(this.name);
			}
			return this.text.charAt(index);
		}

		@Override
		public int length() {
			return this.text.length();
		}

		@Override
		public CharSequence subSequence(int start, int end) {
			return this.text.substring(start, end);
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

	/**
	 * A search that would take too long.
	 */
	static final class TooManyLooksException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		TooManyLooksException(String pattern) {
			super("The pattern " + pattern + " takes too long", null, false, false);
		}

	}

}
