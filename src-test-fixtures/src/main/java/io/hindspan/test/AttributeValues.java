package io.hindspan.test;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Brings the values that a test writes down into the types that come out of OTLP. */
final class AttributeValues {

	private AttributeValues() {
	}

	static Object normalize(Object value) {
		if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
			return ((Number) value).longValue();
		}
		if (value instanceof Float) {
			return ((Number) value).doubleValue();
		}
		if (value instanceof Collection<?> collection) {
			return collection.stream().map(AttributeValues::normalize).toList();
		}
		if (value.getClass().isArray()) {
			List<Object> list = new ArrayList<>();
			for (int i = 0; i < Array.getLength(value); i++) {
				list.add(normalize(Array.get(value, i)));
			}
			return List.copyOf(list);
		}
		return value;
	}

	/** Names the type where the value alone does not, so that 1 differs from "1". */
	static String describe(@Nullable Object value) {
		if (value == null) {
			return "absent";
		}
		return (value instanceof String) ? "\"" + value + "\"" : value.toString();
	}

}
