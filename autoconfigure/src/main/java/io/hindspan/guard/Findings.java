package io.hindspan.guard;

import java.util.Arrays;

/**
 * The parts of one text that {@link ValueDetector detectors} want masked. Parts may come
 * in any order and overlap: what overlaps is masked as one. Not thread-safe.
 */
public final class Findings {

	private static final int FEW = 4;

	private static final int NOWHERE = -TextGuard.MAX_LENGTH;

	private final GuardStatistics statistics;

	private int length;

	private int size;

	private int[] begins = new int[FEW];

	private int[] ends = new int[FEW];

	private String[] types = new String[FEW];

	private int lastEnd;

	/** How far the text has been read for words of SQL, and where the last ones are. */
	int sqlRead;

	int sqlAt;

	int setAt;

	/** The end of the word that may be the header of a token. */
	int wordRead;

	Findings(GuardStatistics statistics) {
		this.statistics = statistics;
	}

	void reset(int length) {
		this.length = length;
		this.size = 0;
		this.lastEnd = 0;
		this.sqlRead = 0;
		this.sqlAt = NOWHERE;
		this.setAt = NOWHERE;
		this.wordRead = 0;
	}

	/**
	 * Has a part of the text masked.
	 * @param type what it is, in a word such as {@code email}: the mask is
	 * {@code <email:16>}, with the length rounded up to a power of two
	 * @param begin the index of its first character
	 * @param end the index behind its last character
	 * @throws IllegalArgumentException if there is no such part, or no type
	 */
	public void mask(String type, int begin, int end) {
		if (type.isEmpty() || begin < 0 || end > this.length || begin >= end) {
			throw new IllegalArgumentException("No part of a text: '" + type + "' from " + begin + " to " + end);
		}
		if (this.size == this.begins.length) {
			this.begins = Arrays.copyOf(this.begins, 2 * this.size);
			this.ends = Arrays.copyOf(this.ends, 2 * this.size);
			this.types = Arrays.copyOf(this.types, 2 * this.size);
		}
		this.begins[this.size] = begin;
		this.ends[this.size] = end;
		this.types[this.size] = type;
		this.size++;
		this.lastEnd = Math.max(this.lastEnd, end);
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * The end of what has been found so far: nobody needs to look back beyond it.
	 */
	int lastEnd() {
		return this.lastEnd;
	}

	/**
	 * The type of what has been found last, or an empty text.
	 */
	String lastType() {
		return (this.size > 0) ? this.types[this.size - 1] : "";
	}

	String applyTo(String text) {
		long[] order = new long[this.size];
		for (int i = 0; i < this.size; i++) {
			order[i] = ((long) this.begins[i] << 32) | i;
		}
		Arrays.sort(order);
		StringBuilder masked = new StringBuilder(text.length() + 16 * this.size);
		int told = 0;
		for (int i = 0; i < order.length; i++) {
			int first = (int) order[i];
			int end = this.ends[first];
			while (i + 1 < order.length && this.begins[(int) order[i + 1]] < end) {
				i++;
				end = Math.max(end, this.ends[(int) order[i]]);
			}
			masked.append(text, told, this.begins[first]);
			Mask.append(masked, this.types[first], end - this.begins[first]);
			this.statistics.masked(this.types[first]);
			told = end;
		}
		return masked.append(text, told, text.length()).toString();
	}

}
