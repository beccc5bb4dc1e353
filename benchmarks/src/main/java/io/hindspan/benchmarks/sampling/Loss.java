package io.hindspan.benchmarks.sampling;

/**
 * Why a part of a trace with an error, or of a slow one, cannot be kept.
 */
enum Loss {

	/** It had answered, and dropped its part, before its caller had a reason to keep. */
	CALLEE_WAS_DONE("a healthy callee that had answered before its caller failed or was slow"),

	/** It had sent its message and ended before the consumer had a reason to keep. */
	PRODUCER_WAS_DONE("a healthy producer that was done before the consumer of its message failed or was slow");

	private final String text;

	Loss(String text) {
		this.text = text;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
