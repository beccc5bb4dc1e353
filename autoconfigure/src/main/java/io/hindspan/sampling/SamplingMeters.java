package io.hindspan.sampling;

import java.util.Set;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the head decision.
 */
final class SamplingMeters implements MeterBinder {

	private static final String TRACES = "hindspan.sampling.traces";

	private static final Set<String> REASONS = Set.of("probability", "rate", "rule", "strategy", "forced",
			TraceSampler.PARENT);

	private final TraceSampler sampler;

	SamplingMeters(TraceSampler sampler) {
		this.sampler = sampler;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		HeadStatistics statistics = this.sampler.statistics();
		for (String reason : REASONS) {
			traces(registry, statistics, "sampled", reason);
		}
		traces(registry, statistics, "unsampled", "none");
		Gauge.builder("hindspan.sampling.probability", this.sampler, TraceSampler::probability)
			.description("With what probability a trace is sampled that no rule and no strategy speaks of")
			.register(registry);
	}

	private static void traces(MeterRegistry registry, HeadStatistics statistics, String decision, String reason) {
		FunctionCounter
			.builder(TRACES, statistics,
					(source) -> decision.equals("sampled") ? source.countSampled(reason) : source.countUnsampled())
			.description("Traces that began in this service or reached it, by the decision at their begin")
			.tag("decision", decision)
			.tag("reason", reason)
			.register(registry);
	}

}
