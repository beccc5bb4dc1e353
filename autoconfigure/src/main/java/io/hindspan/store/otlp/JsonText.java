package io.hindspan.store.otlp;

import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Writes JSON, straight into a text: nothing else is to be had on every class path that
 * says what it does with numbers and bounds.
 */
final class JsonText {

	private static final char[] HEX = "0123456789abcdef".toCharArray();

	private JsonText() {
	}

	/**
	 * Writes a text.
	 */
	static void string(StringBuilder out, String text) {
		out.append('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			switch (c) {
				case '"' -> out.append("\\\"");
				case '\\' -> out.append("\\\\");
				case '\n' -> out.append("\\n");
				case '\r' -> out.append("\\r");
				case '\t' -> out.append("\\t");
				default -> {
					if (c < ' ') {
						unicode(out, c);
					}
					else {
						out.append((Character.isSurrogate(c) && isAlone(text, i)) ? '\uFFFD' : c);
					}
				}
			}
		}
		out.append('"');
	}

	private static void unicode(StringBuilder out, char c) {
		out.append("\\u")
			.append(HEX[c >> 12])
			.append(HEX[(c >> 8) & 15])
			.append(HEX[(c >> 4) & 15])
			.append(HEX[c & 15]);
	}

	/**
	 * Whether a surrogate has no other half, so that no encoding has it.
	 */
	private static boolean isAlone(String text, int index) {
		return Character.isHighSurrogate(text.charAt(index))
				? index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1))
				: index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
	}

	/**
	 * Writes a number. What JSON has no number for is a text.
	 */
	static void number(StringBuilder out, double number) {
		if (Double.isFinite(number)) {
			out.append(number);
		}
		else {
			out.append('"').append(number).append('"');
		}
	}

	/**
	 * Writes a value as the text of an attribute that is none of the simple types.
	 * @param most how long the text may be, about; nothing is begun beyond
	 * @see <a href="https://opentelemetry.io/docs/specs/otel/common/">Representation of
	 * attribute values for non-OTLP</a>
	 */
	static void value(StringBuilder out, @Nullable Object value, int most) {
		if (value instanceof String text) {
			string(out, text);
		}
		else if (value instanceof Double number) {
			number(out, number);
		}
		else if (value instanceof byte[] bytes) {
			string(out, Base64.getEncoder().encodeToString(bytes));
		}
		else if (value instanceof List<?> elements) {
			char separator = '[';
			for (Object element : elements) {
				if (out.length() > most) {
					break;
				}
				out.append(separator);
				separator = ',';
				value(out, element, most);
			}
			out.append((separator == '[') ? "[]" : "]");
		}
		else if (value instanceof AttributeParts.Entries entries) {
			char separator = '{';
			for (AttributeParts.Entry entry : entries.all()) {
				if (out.length() > most) {
					break;
				}
				out.append(separator);
				separator = ',';
				string(out, entry.key());
				out.append(':');
				value(out, entry.value(), most);
			}
			out.append((separator == '{') ? "{}" : "}");
		}
		else {
			out.append(value);
		}
	}

}
