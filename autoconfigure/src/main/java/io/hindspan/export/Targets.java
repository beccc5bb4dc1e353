package io.hindspan.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

/**
 * All targets as one exporter, which only hands spans on to their queues: it succeeds at
 * once, whatever becomes of them. Thread-safe.
 */
final class Targets implements SpanExporter {

	private final List<Target> targets;

	private final @Nullable SizeRemarks remarks;

	private final AtomicBoolean closed = new AtomicBoolean();

	Targets(List<Target> targets, @Nullable SizeRemarks remarks) {
		this.targets = List.copyOf(targets);
		this.remarks = remarks;
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		if (spans.isEmpty()) {
			return CompletableResultCode.ofSuccess();
		}
		// The batch processor uses its list again
		List<SpanData> batch = List.copyOf(spans);
		if (this.remarks != null) {
			this.remarks.look(batch);
		}
		for (Target target : this.targets) {
			target.offer(batch);
		}
		return CompletableResultCode.ofSuccess();
	}

	/**
	 * Tells when every target has dealt with what it had, however long that takes.
	 */
	@Override
	public CompletableResultCode flush() {
		List<CompletableResultCode> results = new ArrayList<>(this.targets.size());
		for (Target target : this.targets) {
			results.add(target.flush());
		}
		return CompletableResultCode.ofAll(results);
	}

	/**
	 * Sends what waits, all targets at the same time, and returns within the bound that
	 * they have for it. The first call counts.
	 */
	@Override
	public CompletableResultCode shutdown() {
		if (this.closed.compareAndSet(false, true)) {
			this.targets.forEach(Target::beginClose);
			this.targets.forEach(Target::awaitClose);
		}
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public String toString() {
		return "Targets" + this.targets;
	}

}
