package io.hindspan.sampling.tail;

import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hindspan.propagation.CalleeVerdict;

/**
 * The meters of tail sampling.
 */
final class TailSamplingMeters implements MeterBinder {

	private static final String TRACES = "hindspan.sampling.tail.traces";

	private static final String OTHER = "other";

	/** Reasons of policies of the application's own are counted together. */
	private static final Set<String> REASONS = Set.of(ErrorPolicy.REASON, SlowPolicy.REASON, AttributePolicy.REASON,
			"callee");

	private final TailBuffer buffer;

	private final CalleeVerdict calleeVerdict;

	TailSamplingMeters(TailBuffer buffer, CalleeVerdict calleeVerdict) {
		this.buffer = buffer;
		this.calleeVerdict = calleeVerdict;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		TailStatistics statistics = this.buffer.statistics();
		for (String reason : REASONS) {
			traces(registry, statistics, "kept", reason);
		}
		traces(registry, statistics, "kept", OTHER);
		traces(registry, statistics, "dropped", "none");
		promotions(registry, "untrusted", CalleeVerdict::untrusted);
		promotions(registry, "limit", CalleeVerdict::beyondLimit);
		FunctionCounter.builder("hindspan.sampling.tail.spans.lost", statistics, TailStatistics::spansGivenUp)
			.description("Spans given up for room before their trace was decided")
			.register(registry);
		FunctionCounter.builder("hindspan.sampling.tail.spans.late", statistics, TailStatistics::lateSpans)
			.description("Spans that ended after their trace was dropped")
			.register(registry);
		Gauge.builder("hindspan.sampling.tail.buffer.size", this.buffer, TailBuffer::bytes)
			.description("What the spans of undecided traces hold in memory, as estimated")
			.baseUnit("bytes")
			.register(registry);
		Gauge.builder("hindspan.sampling.tail.buffer.spans", this.buffer, TailBuffer::spans)
			.description("The spans of undecided traces")
			.register(registry);
	}

	private static void traces(MeterRegistry registry, TailStatistics statistics, String decision, String reason) {
		FunctionCounter.builder(TRACES, statistics, (source) -> count(source, decision, reason))
			.description("Traces that were not sampled when they began, by what became of them")
			.tag("decision", decision)
			.tag("reason", reason)
			.register(registry);
	}

	private void promotions(MeterRegistry registry, String reason, ToDoubleFunction<CalleeVerdict> count) {
		FunctionCounter.builder("hindspan.sampling.tail.promotions.ignored", this.calleeVerdict, count)
			.description("Times that a called service would have had a trace kept, and was not heard")
			.tag("reason", reason)
			.register(registry);
	}

	private static double count(TailStatistics statistics, String decision, String reason) {
		if (decision.equals("dropped")) {
			return statistics.dropped();
		}
		if (!reason.equals(OTHER)) {
			LongAdder count = statistics.kept().get(reason);
			return (count != null) ? count.sum() : 0;
		}
		return statistics.kept()
			.entrySet()
			.stream()
			.filter((entry) -> !REASONS.contains(entry.getKey()))
			.mapToLong((entry) -> entry.getValue().sum())
			.sum();
	}

}
