package io.hindspan.propagation;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.JaegerPropagator;
import org.jspecify.annotations.Nullable;

/**
 * Carries the identity of a span in Jaeger's header {@code uber-trace-id}.
 * OpenTelemetry's propagator sees only a value that is short enough and in ASCII.
 * Jaeger's baggage headers are neither read nor written: baggage travels in its own
 * header. Immutable.
 *
 * @see <a href=
 * "https://www.jaegertracing.io/sdk-migration/#propagation-format">Propagation format</a>
 */
final class BoundedJaegerPropagator implements TextMapPropagator {

	static final String HEADER = "uber-trace-id";

	/** Trace id, span id, the parent's span id and flags, with encoded colons. */
	private static final int MAX_LENGTH = 32 + 3 + 16 + 3 + 16 + 3 + 2;

	private final JaegerPropagator propagator = JaegerPropagator.getInstance();

	@Override
	public Collection<String> fields() {
		return List.of(HEADER);
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		Span span = Span.fromContext(context);
		if (span.getSpanContext().isValid()) {
			this.propagator.inject(Context.root().with(span), carrier, setter);
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		if (getter.get(carrier, HEADER) == null) {
			return context;
		}
		try {
			return this.propagator.extract(context, carrier,
					new HeaderGetter<>(new BoundedGetter<>(getter, MAX_LENGTH)));
		}
		catch (IllegalArgumentException | IndexOutOfBoundsException ex) {
			// It is not URL-encoded as it should be, or not in ASCII once decoded
			return context;
		}
	}

	@Override
	public String toString() {
		return "Jaeger";
	}

	/**
	 * Shows the one header.
	 *
	 * @param getter knows all values
	 * @param <C> the type of the carrier
	 */
	private record HeaderGetter<C>(TextMapGetter<C> getter) implements TextMapGetter<C> {

		@Override
		public Iterable<String> keys(C carrier) {
			return List.of(HEADER);
		}

		@Override
		public @Nullable String get(@Nullable C carrier, String key) {
			return HEADER.equals(key) ? this.getter.get(carrier, key) : null;
		}

	}

}
