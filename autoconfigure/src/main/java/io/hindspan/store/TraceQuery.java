package io.hindspan.store;

/**
 * What is asked of traces. Immutable and thread-safe.
 */
public final class TraceQuery {

	private final String text;

	private TraceQuery(String text) {
		this.text = text;
	}

	/**
	 * Reads a query.
	 * @param text the query; empty for one that every trace matches
	 * @return the query
	 * @throws QuerySyntaxException if it cannot be read
	 */
	public static TraceQuery parse(String text) {
		return new TraceQuery(text.trim());
	}

	/**
	 * Whether a trace is asked for.
	 * @param trace the trace
	 * @return whether it matches
	 */
	public boolean matches(Trace trace) {
		return this.text.isEmpty() || trace.id().equals(this.text);
	}

	@Override
	public String toString() {
		return this.text;
	}

}
