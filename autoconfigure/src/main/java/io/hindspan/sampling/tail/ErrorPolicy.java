package io.hindspan.sampling.tail;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what failed, anywhere in the trace.
 */
final class ErrorPolicy implements TailPolicy {

	static final String REASON = "error";

	@Override
	public @Nullable String reasonToKeep(SpanData span, boolean localRoot) {
		return (span.getStatus().getStatusCode() == StatusCode.ERROR) ? REASON : null;
	}

}
