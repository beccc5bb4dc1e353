package io.hindspan.propagation;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntry;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Carries baggage fields in headers of their own, as
 * {@code management.tracing.baggage.remote-fields} asks. Does what Micrometer's bridge
 * does, but takes the fields from the context that it is handed and not from the current
 * one, and keeps values out that are longer than {@value #MAX_LENGTH} characters or that
 * would break the application's request. Immutable.
 */
final class RemoteFieldsPropagator implements TextMapPropagator {

	static final int MAX_LENGTH = BaggagePropagator.MAX_LENGTH;

	/** The same mark as Micrometer's bridge sets. */
	private static final BaggageEntryMetadata METADATA = BaggageEntryMetadata.create("propagation=unlimited");

	private final List<String> fields;

	RemoteFieldsPropagator(Collection<String> fields) {
		this.fields = List.copyOf(new LinkedHashSet<>(fields));
	}

	@Override
	public Collection<String> fields() {
		return this.fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		Baggage baggage = Baggage.fromContext(context);
		if (baggage.isEmpty()) {
			return;
		}
		for (String field : this.fields) {
			String value = valueOf(field, baggage);
			if (value != null && isSafe(value)) {
				setter.set(carrier, field, value);
			}
		}
	}

	private static @Nullable String valueOf(String field, Baggage baggage) {
		String value = baggage.getEntryValue(field);
		if (value != null) {
			return value;
		}
		for (var entry : baggage.asMap().entrySet()) {
			if (entry.getKey().equalsIgnoreCase(field)) {
				BaggageEntry candidate = entry.getValue();
				return candidate.getValue();
			}
		}
		return null;
	}

	/**
	 * Whether a value can stand in a header. HTTP clients throw if it cannot.
	 */
	private static boolean isSafe(String value) {
		if (value.length() > MAX_LENGTH) {
			return false;
		}
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if ((character < ' ' && character != '\t') || character == 0x7f || character > 0xff) {
				return false;
			}
		}
		return true;
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		BaggageBuilder builder = null;
		for (String field : this.fields) {
			String value = getter.get(carrier, field);
			if (value != null && value.length() <= MAX_LENGTH) {
				if (builder == null) {
					builder = Baggage.fromContext(context).toBuilder();
				}
				builder.put(field, value, METADATA);
			}
		}
		return (builder != null) ? context.with(builder.build()) : context;
	}

	@Override
	public String toString() {
		return "baggage fields " + this.fields;
	}

}
