package io.hindspan.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A text in which {@code *} stands for any characters and {@code ?} for one. It is looked
 * for piece by piece, each where it first occurs, so there is no backtracking: the work
 * is at most the length of a text times that of the longest piece. Immutable.
 */
final class GlobPattern {

	/** How long a pattern may be. */
	static final int MAX_LENGTH = 256;

	private static final int ONE = -1;

	private final List<int[]> pieces;

	private final boolean ignoresCase;

	private GlobPattern(List<int[]> pieces, boolean ignoresCase) {
		this.pieces = pieces;
		this.ignoresCase = ignoresCase;
	}

	/**
	 * A pattern that whole texts match.
	 * @param text the pattern
	 * @param wildcards where in it a {@code *} or {@code ?} is a wildcard
	 * @return the pattern
	 */
	static GlobPattern whole(String text, BitSet wildcards) {
		return new GlobPattern(pieces(text, wildcards, false), false);
	}

	/**
	 * A pattern that a part of a text matches, in upper or lower case.
	 * @param text the pattern
	 * @param wildcards where in it a {@code *} or {@code ?} is a wildcard
	 * @return the pattern
	 */
	static GlobPattern part(String text, BitSet wildcards) {
		List<int[]> pieces = pieces(text, wildcards, true);
		pieces.add(0, new int[0]);
		pieces.add(new int[0]);
		return new GlobPattern(pieces, true);
	}

	/**
	 * What stands between the stars: one piece more than there are stars.
	 */
	private static List<int[]> pieces(String text, BitSet wildcards, boolean ignoresCase) {
		List<int[]> pieces = new ArrayList<>();
		int[] piece = new int[text.length()];
		int length = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (!wildcards.get(i)) {
				piece[length++] = ignoresCase ? fold(c) : c;
			}
			else if (c == '?') {
				piece[length++] = ONE;
			}
			else {
				pieces.add(Arrays.copyOf(piece, length));
				length = 0;
			}
		}
		pieces.add(Arrays.copyOf(piece, length));
		return pieces;
	}

	private static int fold(char c) {
		if (c < 128) {
			return (c >= 'A' && c <= 'Z') ? c + ('a' - 'A') : c;
		}
		return Character.toLowerCase(Character.toUpperCase(c));
	}

	/**
	 * Whether a text matches.
	 * @param text the text
	 * @return whether it does
	 */
	boolean matches(String text) {
		int[] first = this.pieces.get(0);
		if (this.pieces.size() == 1) {
			return text.length() == first.length && isAt(text, 0, first);
		}
		int[] last = this.pieces.get(this.pieces.size() - 1);
		int end = text.length() - last.length;
		if (end < first.length || !isAt(text, 0, first) || !isAt(text, end, last)) {
			return false;
		}
		int from = first.length;
		for (int i = 1; i < this.pieces.size() - 1; i++) {
			int[] piece = this.pieces.get(i);
			while (from + piece.length <= end && !isAt(text, from, piece)) {
				from++;
			}
			from += piece.length;
			if (from > end) {
				return false;
			}
		}
		return true;
	}

	private boolean isAt(String text, int from, int[] piece) {
		for (int i = 0; i < piece.length; i++) {
			char c = text.charAt(from + i);
			if (piece[i] != ONE && piece[i] != (this.ignoresCase ? fold(c) : c)) {
				return false;
			}
		}
		return true;
	}

}
