package io.hindspan.jdbc;

/**
 * What the comment at the end of a statement tells the database.
 */
enum SqlComment {

	/** The application, and the route and controller of the request. */
	STATIC,

	/**
	 * Also the {@code traceparent} of sampled traces, on statements that nobody keeps for
	 * their text.
	 */
	SAMPLED,

	/** There is no comment. */
	OFF

}
