package io.hindspan.sampling.tail;

import java.util.Collection;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Takes the sampled spans, as a processor that exports does.
 */
final class SampledSpans implements SpanProcessor {

	private final Collection<ReadableSpan> target;

	SampledSpans(Collection<ReadableSpan> target) {
		this.target = target;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
	}

	@Override
	public boolean isStartRequired() {
		return false;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		if (span.getSpanContext().isSampled()) {
			this.target.add(span);
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

}
