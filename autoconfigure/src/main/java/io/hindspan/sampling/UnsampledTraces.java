package io.hindspan.sampling;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of the traces that the head decision does not take.
 */
@FunctionalInterface
public interface UnsampledTraces {

	/** They are not recorded. */
	UnsampledTraces DROPPED = () -> null;

	/**
	 * Begins this service's part of such a trace.
	 * @return where its spans go, or {@code null} if they are not recorded
	 */
	@Nullable TraceSpans begin();

}
