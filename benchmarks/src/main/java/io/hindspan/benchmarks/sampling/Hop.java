package io.hindspan.benchmarks.sampling;

/**
 * A call of another service.
 *
 * @param to who is called
 * @param by how
 */
record Hop(Service to, Transport by) {

	static Hop http(Service to) {
		return new Hop(to, Transport.HTTP);
	}

	/** Whether the caller waits, and is answered. */
	boolean isAnswered() {
		return this.by == Transport.HTTP;
	}

	enum Transport {

		HTTP, KAFKA, RABBIT

	}

}
