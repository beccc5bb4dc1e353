package io.hindspan.export;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;

/**
 * Has a flush of the tracer provider wait until spans have left the application. The
 * batch processor's own ends when they are in the targets' queues. Sees no spans.
 * Thread-safe.
 */
final class FlushProcessor implements SpanProcessor {

	private final BatchSpanProcessor batch;

	private final SpanPipeline pipeline;

	FlushProcessor(BatchSpanProcessor batch, SpanPipeline pipeline) {
		this.batch = batch;
		this.pipeline = pipeline;
	}

	@Override
	public CompletableResultCode forceFlush() {
		CompletableResultCode result = new CompletableResultCode();
		CompletableResultCode handedOn = this.batch.forceFlush();
		handedOn.whenComplete(() -> {
			CompletableResultCode sent = this.pipeline.flush();
			sent.whenComplete(() -> {
				if (handedOn.isSuccess() && sent.isSuccess()) {
					result.succeed();
				}
				else {
					result.fail();
				}
			});
		});
		return result;
	}

	/**
	 * Does nothing: the batch processor's shutdown sends what waits, and a flush beside
	 * it might never end.
	 */
	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		// Not required
	}

	@Override
	public boolean isStartRequired() {
		return false;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		// Not required
	}

	@Override
	public boolean isEndRequired() {
		return false;
	}

}
