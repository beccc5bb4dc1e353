package io.hindspan.task;

import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What is current on a thread: OpenTelemetry's context and Micrometer's observation, from
 * which the log ids follow. Taken where work is handed over and made current where it
 * runs, for as long as it runs. Immutable.
 */
final class CarriedContext {

	/** A thread on which nothing is traced. */
	static final CarriedContext NOTHING = new CarriedContext(Context.root(), null);

	/**
	 * Knows the current observation of every registry, which Micrometer keeps in one
	 * place.
	 */
	private static final ObservationRegistry CURRENT = ObservationRegistry.create();

	private final Context context;

	private final @Nullable Observation observation;

	private CarriedContext(Context context, @Nullable Observation observation) {
		this.context = context;
		this.observation = observation;
	}

	/**
	 * What is current on this thread.
	 * @return the context, or {@code null} where nothing is current
	 */
	static @Nullable CarriedContext current() {
		Context context = Context.current();
		Observation observation = currentObservation();
		return (context == Context.root() && observation == null) ? null : new CarriedContext(context, observation);
	}

	/**
	 * Makes everything current.
	 * @return what ends it, on the same thread
	 */
	Scope makeCurrent() {
		Observation.Scope observed = openObservation();
		Scope scope = this.context.makeCurrent();
		return (observed == null) ? scope : () -> {
			scope.close();
			observed.close();
		};
	}

	/**
	 * Makes OpenTelemetry's context current where the observation already is. Where
	 * another observation has taken its place, that one's context stands.
	 * @return what ends it
	 */
	Scope makeContextCurrent() {
		return (currentObservation() == this.observation) ? this.context.makeCurrent() : Scope.noop();
	}

	/**
	 * Opens the observation's scope first, because that makes the observation's own
	 * context current, beneath which the application may have made other spans current.
	 */
	private Observation.@Nullable Scope openObservation() {
		Observation current = currentObservation();
		if (current == this.observation) {
			return null;
		}
		Observation wanted = this.observation;
		if (wanted == null) {
			wanted = new NullObservation(current.getObservationRegistry());
		}
		return wanted.openScope();
	}

	private static @Nullable Observation currentObservation() {
		Observation observation = CURRENT.getCurrentObservation();
		return (observation instanceof NullObservation) ? null : observation;
	}

}
