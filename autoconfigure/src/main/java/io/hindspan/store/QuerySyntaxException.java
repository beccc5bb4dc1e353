package io.hindspan.store;

/**
 * A query cannot be read. The message says what is wrong and what would be right.
 */
public final class QuerySyntaxException extends RuntimeException {

	private final int position;

	QuerySyntaxException(String message, int position) {
		super(message);
		this.position = position;
	}

	/**
	 * Where it is wrong.
	 * @return the index of the character in the query, from 0 to its length
	 */
	public int position() {
		return this.position;
	}

}
