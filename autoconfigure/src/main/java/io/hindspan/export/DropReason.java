package io.hindspan.export;

import java.util.Locale;

/**
 * Why spans were given up. Each has a value of the tag {@code reason}.
 */
enum DropReason {

	/** The target's queue was full. */
	QUEUE_FULL,

	/** The target refused them, and would refuse them again. */
	REJECTED,

	/** The target's exporter failed several times without saying why. */
	FAILED,

	/** They had not been sent when the time to shut down was over. */
	SHUTDOWN,

	/** Newer ones needed their room in the spool. */
	SPOOL_FULL,

	/** They had been in the spool for too long. */
	SPOOL_EXPIRED,

	/** Their file in the spool could not be read. */
	SPOOL_UNREADABLE;

	String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

}
