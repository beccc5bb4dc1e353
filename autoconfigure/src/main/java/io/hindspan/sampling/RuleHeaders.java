package io.hindspan.sampling;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers that rules ask for, and writes none: a sampler sees the context of
 * the request, not the request. Immutable.
 */
final class RuleHeaders implements TextMapPropagator {

	/** A longer value is none. */
	private static final int MAX_LENGTH = 256;

	private static final ContextKey<Values> KEY = ContextKey.named("hindspan-rule-headers");

	private final String[] names;

	RuleHeaders(Collection<String> names) {
		this.names = names.toArray(String[]::new);
	}

	/**
	 * The value of a header of the request that a context belongs to.
	 * @param context the context
	 * @param name the header's name, as the rule has it
	 * @return the value, or {@code null} if there is none
	 */
	static @Nullable String value(Context context, String name) {
		for (Values values = context.get(KEY); values != null; values = values.next) {
			if (values.name.equals(name)) {
				return values.value;
			}
		}
		return null;
	}

	@Override
	public Collection<String> fields() {
		return List.of();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Values found = null;
		for (String name : this.names) {
			String value = getter.get(carrier, name);
			if (value != null && value.length() <= MAX_LENGTH) {
				found = new Values(name, value, found);
			}
		}
		// Those of a request before, on the same thread, do not count
		return (found != null || context.get(KEY) != null) ? context.with(KEY, found) : context;
	}

	@Override
	public String toString() {
		return "RuleHeaders" + List.of(this.names);
	}

	private record Values(String name, String value, @Nullable Values next) {

	}

}
