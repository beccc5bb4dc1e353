package io.hindspan.sampling;

import java.util.function.Consumer;

import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.samplers.Sampler;

/**
 * Makes samplers for tests of other packages.
 */
public final class TraceSamplers {

	private TraceSamplers() {
	}

	public static Sampler never(UnsampledTraces unsampled) {
		return of(0, 0, unsampled, (span) -> {
		});
	}

	public static Sampler of(double probability, int maxRepeatedSpans, UnsampledTraces unsampled,
			Consumer<ReadableSpan> kept) {
		return new TraceSampler(FixedProbability.of(probability), true, unsampled,
				new Folding(maxRepeatedSpans, new SampledTraces(kept)));
	}

}
