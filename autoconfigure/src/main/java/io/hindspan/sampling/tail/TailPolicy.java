package io.hindspan.sampling.tail;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Decides at the end of a span whether its trace is kept although the head decision did
 * not take it. All policies are asked, in their order, and the first reason counts; beans
 * of this type join those of the configuration. A policy is called for every ended span
 * of a trace that is still undecided, on the thread that ends it, and so must be quick;
 * what it throws counts as no reason. Must be thread-safe.
 */
@FunctionalInterface
public interface TailPolicy {

	/**
	 * Decides on a span that has ended.
	 * @param span the span
	 * @param localRoot whether it is the first span of its trace in this service
	 * @return why the trace is kept, in a word of low cardinality such as {@code error},
	 * or {@code null} if this span is no reason to keep it
	 */
	@Nullable String reasonToKeep(SpanData span, boolean localRoot);

	/**
	 * A policy that keeps what both keep.
	 * @param other the other policy
	 * @return the policy, with the reason of this one
	 */
	default TailPolicy and(TailPolicy other) {
		return (span, localRoot) -> {
			String reason = reasonToKeep(span, localRoot);
			return (reason != null && other.reasonToKeep(span, localRoot) != null) ? reason : null;
		};
	}

	/**
	 * A policy that keeps what either keeps.
	 * @param other the other policy
	 * @return the policy, with the reason of this one where it has one
	 */
	default TailPolicy or(TailPolicy other) {
		return (span, localRoot) -> {
			String reason = reasonToKeep(span, localRoot);
			return (reason != null) ? reason : other.reasonToKeep(span, localRoot);
		};
	}

}
