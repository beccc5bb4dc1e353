package io.hindspan.span;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Tracer;

/**
 * Finds the convention for an observation, once for each class of contexts, or by its
 * name where it has no class of its own. Thread-safe.
 */
final class SpanConventions {

	private final ConcurrentMap<Class<?>, Entry> entries = new ConcurrentHashMap<>();

	private final Map<String, Entry> entriesByName = new HashMap<>();

	private final List<SpanConvention<?>> conventions;

	private final InstrumentationTracers tracers;

	SpanConventions(List<SpanConvention<?>> conventions, InstrumentationTracers tracers) {
		this.conventions = conventions.stream().filter((one) -> one.observationNames().isEmpty()).toList();
		this.tracers = tracers;
		for (SpanConvention<?> convention : conventions) {
			if (convention.observationNames().isEmpty() && speaksFor(convention, Observation.Context.class)) {
				break;
			}
			for (String name : convention.observationNames()) {
				this.entriesByName.putIfAbsent(name, entry(convention));
			}
		}
	}

	Entry forContext(Observation.Context context) {
		Entry entry = (context.getClass() == Observation.Context.class) ? this.entriesByName.get(context.getName())
				: null;
		if (entry != null) {
			return entry;
		}
		entry = this.entries.get(context.getClass());
		return (entry != null) ? entry : this.entries.computeIfAbsent(context.getClass(), this::find);
	}

	private Entry find(Class<?> type) {
		for (SpanConvention<?> convention : this.conventions) {
			if (speaksFor(convention, type)) {
				return entry(convention);
			}
		}
		return entry(GenericConvention.INSTANCE);
	}

	private static boolean speaksFor(SpanConvention<?> convention, Class<?> type) {
		return convention.contextType().isAssignableFrom(type) && convention.supports(type);
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
