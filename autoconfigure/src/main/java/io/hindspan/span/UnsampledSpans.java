package io.hindspan.span;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;

/**
 * What a sampler tells of spans that it would certainly drop, so that they need not be
 * made. Implemented by samplers; of others, only the SDK's own is known. Thread-safe.
 */
public interface UnsampledSpans {

	/**
	 * Whether every span beneath this one would be dropped.
	 * @param parent a valid span context of this or of another service, not sampled
	 * @return {@code true} if it certainly would
	 */
	boolean areDroppedUnder(SpanContext parent);

	/**
	 * Whether a trace is sampled whatever the service before this one decided, because of
	 * what came with the request.
	 * @param context the context of the first span in this service
	 * @return {@code false} unless overridden
	 */
	default boolean isSampledIn(Context context) {
		return false;
	}

}
