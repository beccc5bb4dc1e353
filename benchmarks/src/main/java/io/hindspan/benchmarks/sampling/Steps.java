package io.hindspan.benchmarks.sampling;

import java.time.Duration;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import io.hindspan.benchmarks.sampling.Fault.Kind;

/**
 * What a service does besides calling others: a span, which may fail.
 */
final class Steps {

	/** Far above the threshold of the simulation. */
	static final Duration WAIT = Duration.ofMillis(400);

	private final ObservationRegistry observations;

	Steps(ObservationRegistry observations) {
		this.observations = observations;
	}

	void take(@Nullable Kind fault) {
		try {
			Observation.createNotStarted("work", this.observations).observe(() -> {
				if (fault == Kind.ERROR || fault == Kind.HANDLED_ERROR) {
					throw new InjectedException();
				}
			});
		}
		catch (InjectedException ex) {
			if (fault == Kind.ERROR) {
				throw ex;
			}
		}
	}

	/** The error that is asked for. */
	static final class InjectedException extends RuntimeException {

		InjectedException() {
			super("As ordered");
		}

	}

}
