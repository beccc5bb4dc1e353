package io.hindspan.sql;

/**
 * Writes a SQL text again without its values and comments: {@code ?} for each value, one
 * space for any space, one value for the list of an {@code IN}, and one row for the rows
 * of a {@code VALUES}. Bounded in length.
 */
final class SqlText {

	static final int MAX_LENGTH = 4096;

	private static final String MORE = " ...";

	private static final int MAX_DEPTH = 64;

	private static final int NOT_A_LIST = -1;

	private final StringBuilder text;

	/** For each open parenthesis where its list of values began. */
	private final int[] lists = new int[MAX_DEPTH];

	private int depth;

	private boolean spaceBefore;

	private boolean afterIn;

	private boolean overflowing;

	private Rows rows = Rows.NONE;

	private int rowsDepth;

	private int rowsEnd;

	SqlText(int lengthOfSql) {
		this.text = new StringBuilder(Math.min(lengthOfSql, MAX_LENGTH) + MORE.length());
	}

	void space() {
		this.spaceBefore = true;
	}

	void word(String sql, int start, int end, String word) {
		leaveList();
		leaveRows();
		append(sql, start, end);
		this.afterIn = word.equals("IN");
		if (word.equals("VALUES")) {
			this.rows = Rows.EXPECTED;
			this.rowsDepth = this.depth;
		}
	}

	/**
	 * A name in quotes or a symbol.
	 */
	void other(String sql, int start, int end) {
		leaveList();
		leaveRows();
		append(sql, start, end);
		this.afterIn = false;
	}

	/**
	 * The place of a parameter, as it is written.
	 */
	void placeholder(String sql, int start, int end) {
		leaveRows();
		append(sql, start, end);
		this.afterIn = false;
	}

	void value() {
		placeholder("?", 0, 1);
	}

	void comma() {
		if (this.rows == Rows.READ && this.depth == this.rowsDepth) {
			this.rows = Rows.MORE_EXPECTED;
			this.rowsEnd = this.text.length();
		}
		else if (this.rows != Rows.LEFT_OUT) {
			leaveRows();
		}
		this.spaceBefore = false;
		append(",", 0, 1);
		this.spaceBefore = true;
		this.afterIn = false;
	}

	void open() {
		if (this.depth == this.rowsDepth) {
			if (this.rows == Rows.EXPECTED) {
				this.rows = Rows.READ;
			}
			else if (this.rows == Rows.MORE_EXPECTED) {
				leaveOutRows();
			}
			else if (this.rows == Rows.READ) {
				this.rows = Rows.NONE;
			}
		}
		boolean list = this.afterIn;
		leaveList();
		append("(", 0, 1);
		this.spaceBefore = false;
		if (this.depth < MAX_DEPTH) {
			this.lists[this.depth] = (list && !this.overflowing) ? this.text.length() : NOT_A_LIST;
		}
		this.depth++;
		this.afterIn = false;
	}

	void close() {
		this.depth = Math.max(0, this.depth - 1);
		if (this.depth < MAX_DEPTH && this.lists[this.depth] != NOT_A_LIST && this.rows != Rows.LEFT_OUT) {
			closeList(this.lists[this.depth]);
		}
		if (this.depth < this.rowsDepth) {
			this.rows = Rows.NONE;
		}
		this.spaceBefore = false;
		append(")", 0, 1);
		this.afterIn = false;
	}

	private void closeList(int start) {
		if (this.overflowing || this.text.length() > start + 1) {
			this.overflowing = false;
			this.text.setLength(start);
			this.text.append('?');
		}
	}

	/**
	 * What is in the parentheses is more than values.
	 */
	private void leaveList() {
		if (this.depth > 0 && this.depth <= MAX_DEPTH) {
			this.lists[this.depth - 1] = NOT_A_LIST;
		}
	}

	private void leaveRows() {
		if (this.rows != Rows.NONE && this.depth == this.rowsDepth) {
			this.rows = Rows.NONE;
		}
	}

	private void leaveOutRows() {
		this.rows = Rows.LEFT_OUT;
		if (!this.overflowing) {
			this.text.setLength(this.rowsEnd);
			this.text.append(", ...");
		}
	}

	private void append(String source, int start, int end) {
		if (this.rows == Rows.LEFT_OUT || this.overflowing) {
			this.spaceBefore = false;
			return;
		}
		boolean space = this.spaceBefore && !this.text.isEmpty();
		if (this.text.length() + (end - start) + 1 > MAX_LENGTH) {
			this.overflowing = true;
			return;
		}
		if (space) {
			this.text.append(' ');
		}
		this.text.append(source, start, end);
		this.spaceBefore = false;
	}

	/**
	 * The text that was written.
	 * @param complete whether the SQL was read to its end
	 */
	String finish(boolean complete) {
		if (this.overflowing || !complete) {
			this.text.append(MORE);
		}
		return this.text.toString();
	}

	/**
	 * How far the rows of a VALUES are read.
	 */
	private enum Rows {

		NONE, EXPECTED, READ, MORE_EXPECTED, LEFT_OUT

	}

}
