package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * A carrier like HTTP's: names in any case, several values to a name.
 */
final class Headers {

	static final TextMapGetter<Headers> GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(Headers carrier) {
			return carrier.entries.stream().map(Entry::name).toList();
		}

		@Override
		public @Nullable String get(@Nullable Headers carrier, String key) {
			List<String> values = (carrier != null) ? carrier.values(key) : List.of();
			return values.isEmpty() ? null : values.get(0);
		}

		@Override
		public Iterator<String> getAll(@Nullable Headers carrier, String key) {
			return (carrier != null) ? carrier.values(key).iterator() : List.<String>of().iterator();
		}

	};

	/** Leaves out what an implementation may leave out. */
	static final TextMapGetter<Headers> FIRST_VALUE_GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(Headers carrier) {
			return GETTER.keys(carrier);
		}

		@Override
		public @Nullable String get(@Nullable Headers carrier, String key) {
			return GETTER.get(carrier, key);
		}

	};

	static final TextMapSetter<Headers> SETTER = (carrier, key, value) -> {
		if (carrier != null) {
			carrier.entries.add(new Entry(key, value));
		}
	};

	private final List<Entry> entries = new ArrayList<>();

	static Headers of(String... namesAndValues) {
		Headers headers = new Headers();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			headers.and(namesAndValues[i], namesAndValues[i + 1]);
		}
		return headers;
	}

	Headers and(String name, String value) {
		this.entries.add(new Entry(name, value));
		return this;
	}

	List<String> values(String name) {
		return this.entries.stream().filter((entry) -> entry.name.equalsIgnoreCase(name)).map(Entry::value).toList();
	}

	List<String> names() {
		return this.entries.stream().map(Entry::name).toList();
	}

	@Override
	public String toString() {
		return this.entries.toString();
	}

	private record Entry(String name, String value) {

	}

}
