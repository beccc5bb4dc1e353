package io.hindspan.task;

/**
 * Which methods that listen to events of the application have spans.
 */
enum EventSpans {

	/** None. */
	NONE,

	/**
	 * Those that run when the publisher has gone on: on another thread, and in a later
	 * phase of the publisher's transaction.
	 */
	DETACHED,

	/** All. */
	ALL

}
