package io.hindspan.export.spool;

/**
 * Why a spool has given spans up.
 */
public enum SpoolLoss {

	/** Newer ones needed the room. */
	FULL,

	/** They were too old. */
	EXPIRED,

	/** Their file could not be read and was set aside. */
	UNREADABLE,

	/** They could not be written. */
	UNWRITABLE

}
