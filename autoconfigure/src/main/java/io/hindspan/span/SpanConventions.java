package io.hindspan.span;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Tracer;

/**
 * Finds the convention for an observation, once for each class of contexts. Thread-safe.
 */
final class SpanConventions {

	private final ConcurrentMap<Class<?>, Entry> entries = new ConcurrentHashMap<>();

	private final List<SpanConvention<?>> conventions;

	private final InstrumentationTracers tracers;

	SpanConventions(List<SpanConvention<?>> conventions, InstrumentationTracers tracers) {
		this.conventions = List.copyOf(conventions);
		this.tracers = tracers;
	}

	Entry forContext(Observation.Context context) {
		Entry entry = this.entries.get(context.getClass());
		return (entry != null) ? entry : this.entries.computeIfAbsent(context.getClass(), this::find);
	}

	private Entry find(Class<?> type) {
		for (SpanConvention<?> convention : this.conventions) {
			if (convention.contextType().isAssignableFrom(type) && convention.supports(type)) {
				return entry(convention);
			}
		}
		return entry(GenericConvention.INSTANCE);
	}

	@SuppressWarnings("unchecked")
	private Entry entry(SpanConvention<?> convention) {
		return new Entry((SpanConvention<Observation.Context>) convention,
				this.tracers.otelTracer(convention.instrumentationScope()));
	}

	/**
	 * A convention with the tracer of its scope.
	 *
	 * @param convention the convention
	 * @param tracer the tracer
	 */
	record Entry(SpanConvention<Observation.Context> convention, Tracer tracer) {

	}

}
