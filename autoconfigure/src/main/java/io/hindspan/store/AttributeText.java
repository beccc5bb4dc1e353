package io.hindspan.store;

import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.api.common.Value;

/**
 * The one text that stands for a value of an attribute, so that what is equal as a number
 * is equal as a text.
 */
final class AttributeText {

	/** From here on not every whole number is a {@code double}. */
	private static final double EXACT = 1L << 53;

	/** Of lists within lists. */
	static final int MAX_DEPTH = 16;

	private AttributeText() {
	}

	/**
	 * The text of one value.
	 * @param value a text, a number, a boolean, a {@link Value}, or an element of a list
	 * of these
	 * @return the text; for a whole number its digits, whatever its type
	 */
	static String of(Object value) {
		Object plain = plain(value);
		if (plain instanceof Double number && number == Math.rint(number) && Math.abs(number) < EXACT) {
			return Long.toString(number.longValue());
		}
		return String.valueOf(plain);
	}

	/**
	 * A value without the wrapping that values of any type have.
	 */
	static Object plain(Object value) {
		if (!(value instanceof Value<?> wrapped)) {
			return value;
		}
		return switch (wrapped.getType()) {
			case STRING, BOOLEAN, LONG, DOUBLE, ARRAY -> wrapped.getValue();
			case KEY_VALUE_LIST, BYTES, EMPTY -> wrapped.asString();
		};
	}

	/**
	 * The texts of a value: one for each element of a list, else one.
	 * @param value the value of an attribute
	 * @param texts is given each text
	 */
	static void each(Object value, Consumer<String> texts) {
		each(value, texts, 0);
	}

	private static void each(Object value, Consumer<String> texts, int depth) {
		Object plain = plain(value);
		if (!(plain instanceof List<?> elements)) {
			texts.accept(of(plain));
		}
		else if (depth < MAX_DEPTH) {
			for (Object element : elements) {
				each(element, texts, depth + 1);
			}
		}
	}

}
