package io.hindspan.cache;

/**
 * One operation on a cache. What it is told never fails. Begun and left by the same
 * thread, and told by any.
 */
interface CacheCall {

	/**
	 * A lookup has its answer.
	 * @param hit whether there is something in the cache
	 */
	void found(boolean hit);

	/**
	 * An operation other than a lookup is done.
	 */
	void done();

	/**
	 * The cache failed.
	 * @param failure what it threw
	 */
	void failed(Throwable failure);

	/**
	 * The thread that began goes on with something else.
	 */
	void leave();

	/**
	 * There is nothing more to tell.
	 */
	void end();

	/**
	 * Leaves and ends.
	 */
	default void close() {
		leave();
		end();
	}

}
