package io.hindspan.guard;

/**
 * What to do with the values of an attribute. Immutable.
 *
 * @param name the key to export, in which nothing is left to mask
 * @param treatment what to do
 */
record KeyRule(String name, Treatment treatment) {

	/** What to do with a value. */
	enum Treatment {

		/** Hand it on as it is. */
		ALLOW,

		/** Look for what must be masked. */
		LOOK,

		/** Look at the values of the query of a URL. */
		QUERY,

		/** Look for literals of a query language. */
		SQL,

		/** Mask it, unless it is a number or a flag. */
		MASK_TEXT,

		/** Mask it, unless it is a flag. */
		MASK

	}

}
