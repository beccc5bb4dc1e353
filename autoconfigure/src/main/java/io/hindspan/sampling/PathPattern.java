package io.hindspan.sampling;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A pattern of paths or names: {@code *} stands for any characters within a segment,
 * {@code **} for any characters at all, <code>{name}</code> for one segment,
 * <code>{*name}</code> for all that follow and {@code ?} for one character that is no
 * slash. A pattern that ends with {@code /**} matches the path without it, too. Of a text
 * that is longer than 2048 characters, the rest is not looked at. Matches without
 * allocating. Immutable.
 */
public final class PathPattern {

	/** Stands for any characters at all. */
	private static final char ANY = '\uE000';

	/** Stands for any characters within a segment. */
	private static final char IN_SEGMENT = '\uE001';

	/** Stands for one character that is no slash. */
	private static final char ONE = '\uE002';

	/** What may stand in braces. */
	private static final Pattern NAME = Pattern.compile("\\*?[\\w.-]*");

	/** Longer texts are looked at so far, for a strange one shall not take long. */
	private static final int MAX_LENGTH = 2048;

	private final String text;

	private final String compiled;

	/** The pattern without {@code /**} at its end. */
	private final @Nullable String withoutTail;

	private PathPattern(String text, String compiled) {
		this.text = text;
		this.compiled = compiled;
		int end = compiled.length() - 2;
		boolean tail = end >= 0 && compiled.charAt(end) == '/' && compiled.charAt(end + 1) == ANY;
		this.withoutTail = tail ? compiled.substring(0, end) : null;
	}

	/**
	 * Reads a pattern.
	 * @param text its text
	 * @return the pattern
	 * @throws IllegalArgumentException if the text is no pattern
	 */
	public static PathPattern of(String text) {
		if (text.isBlank()) {
			throw new IllegalArgumentException("is empty");
		}
		StringBuilder compiled = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			switch (character) {
				case '*' -> {
					boolean several = i + 1 < text.length() && text.charAt(i + 1) == '*';
					if (several && i + 2 < text.length() && text.charAt(i + 2) == '*') {
						throw new IllegalArgumentException("has more than two '*' beside each other");
					}
					compiled.append(several ? ANY : IN_SEGMENT);
					i += several ? 1 : 0;
				}
				case '?' -> compiled.append(ONE);
				case '{' -> {
					int end = text.indexOf('}', i);
					if (end < 0 || text.substring(i + 1, end).contains("{") || text.substring(i, end).contains("/")) {
						throw new IllegalArgumentException("has a '{' that is not closed in its segment");
					}
					if (!NAME.matcher(text).region(i + 1, end).matches()) {
						throw new IllegalArgumentException("has '" + text.substring(i, end + 1)
								+ "', which is no name in braces: regular expressions are not supported");
					}
					if (text.charAt(i + 1) == '*') {
						compiled.append(ANY);
					}
					else {
						compiled.append(ONE).append(IN_SEGMENT);
					}
					i = end;
				}
				case '}' -> throw new IllegalArgumentException("has a '}' without a '{'");
				default -> compiled.append(character);
			}
		}
		return new PathPattern(text, compiled.toString());
	}

	/**
	 * Whether a text is what the pattern describes.
	 * @param path the text
	 * @return {@code true} if it is
	 */
	public boolean matches(String path) {
		if (path.length() > MAX_LENGTH) {
			return matches(path.substring(0, MAX_LENGTH));
		}
		return matches(this.compiled, path) || (this.withoutTail != null && matches(this.withoutTail, path));
	}

	/**
	 * Goes on with the last wildcard where the characters differ, so that the time is
	 * bounded by the square of the text's length.
	 */
	private static boolean matches(String compiled, String path) {
		int pattern = 0;
		int position = 0;
		int wildcard = -1;
		int resume = -1;
		int anyWildcard = -1;
		int anyResume = -1;
		while (position < path.length()) {
			char expected = (pattern < compiled.length()) ? compiled.charAt(pattern) : 0;
			char character = path.charAt(position);
			if (expected == ANY) {
				anyWildcard = pattern++;
				anyResume = position;
				wildcard = -1;
			}
			else if (expected == IN_SEGMENT) {
				wildcard = pattern++;
				resume = position;
			}
			else if (expected != 0 && (expected == character || (expected == ONE && character != '/'))) {
				pattern++;
				position++;
			}
			else if (wildcard >= 0 && path.charAt(resume) != '/') {
				pattern = wildcard + 1;
				position = ++resume;
			}
			else if (anyWildcard >= 0) {
				wildcard = -1;
				pattern = anyWildcard + 1;
				position = ++anyResume;
			}
			else {
				return false;
			}
		}
		while (pattern < compiled.length()
				&& (compiled.charAt(pattern) == ANY || compiled.charAt(pattern) == IN_SEGMENT)) {
			pattern++;
		}
		return pattern == compiled.length();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
