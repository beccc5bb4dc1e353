package io.hindspan.rabbit;

import java.util.List;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the baggage of a message and not its trace, for a delivery that begins a new one.
 */
enum BaggageGetter implements TextMapGetter<Object> {

	INSTANCE;

	private static final String BAGGAGE = "baggage";

	@Override
	public Iterable<String> keys(Object carrier) {
		return List.of(BAGGAGE);
	}

	@Override
	public @Nullable String get(@Nullable Object carrier, String key) {
		return BAGGAGE.equals(key) ? HeaderGetter.INSTANCE.get(carrier, key) : null;
	}

}
