package io.hindspan.benchmarks.sampling;

/**
 * What goes wrong in a request, and where.
 *
 * @param kind what
 * @param service in which service
 * @param position after how many calls of that service
 */
record Fault(Kind kind, Service service, int position) {

	boolean strikes(Service service, int position) {
		return this.service == service && this.position == position;
	}

	enum Kind {

		/** An exception that nobody handles in the service. */
		ERROR,

		/** An exception beneath a span of its own, after which the service goes on. */
		HANDLED_ERROR,

		/** A wait. */
		SLOW

	}

}
