package io.hindspan.sampling;

import java.util.Locale;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hindspan.sampling.ForcedTraceStatistics.Outcome;

/**
 * The meter of the headers that would have a trace sampled.
 */
final class ForcedTraceMeters implements MeterBinder {

	private final ForcedTraceStatistics statistics;

	ForcedTraceMeters(ForcedTraceStatistics statistics) {
		this.statistics = statistics;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Outcome outcome : Outcome.values()) {
			FunctionCounter.builder("hindspan.sampling.forced", this.statistics, (source) -> source.of(outcome))
				.description("Headers that would have a trace sampled, by what came of them")
				.tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
				.register(registry);
		}
	}

}
