package io.hindspan.propagation;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out the values that cannot be valid: those that are too long or not in ASCII.
 *
 * @param getter knows all values
 * @param maxLength the most characters that a value may have
 * @param <C> the type of the carrier
 */
record BoundedGetter<C>(TextMapGetter<C> getter, int maxLength) implements TextMapGetter<C> {

	@Override
	public Iterable<String> keys(C carrier) {
		return this.getter.keys(carrier);
	}

	@Override
	public @Nullable String get(@Nullable C carrier, String key) {
		String value = this.getter.get(carrier, key);
		return (value != null && isPlausible(value)) ? value : null;
	}

	private boolean isPlausible(String value) {
		if (value.length() > this.maxLength) {
			return false;
		}
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) > '~') {
				return false;
			}
		}
		return true;
	}

}
