package io.hindspan.propagation;

import java.util.Collection;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Carries the identity of a span in B3 headers. Reads the single header and, where that
 * tells nothing, the several ones; OpenTelemetry's propagator sees only values that are
 * short enough and in ASCII, because others can make it throw. Immutable.
 *
 * @see <a href="https://github.com/openzipkin/b3-propagation">B3 propagation</a>
 */
final class BoundedB3Propagator implements TextMapPropagator {

	private static final String SINGLE = "b3";

	private static final String TRACE_ID = "X-B3-TraceId";

	/** Trace id, span id, sampling state and the parent's span id. */
	private static final int MAX_LENGTH = 32 + 1 + 16 + 1 + 1 + 1 + 16;

	private final B3Propagator propagator;

	BoundedB3Propagator(B3Propagator propagator) {
		this.propagator = propagator;
	}

	@Override
	public Collection<String> fields() {
		return this.propagator.fields();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		this.propagator.inject(context, carrier, setter);
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		if (getter.get(carrier, SINGLE) == null && getter.get(carrier, TRACE_ID) == null) {
			return context;
		}
		return this.propagator.extract(context, carrier, new BoundedGetter<>(getter, MAX_LENGTH));
	}

	@Override
	public String toString() {
		return "B3";
	}

}
