package io.hindspan.propagation;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
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
 * Carries baggage in the header {@code baggage}. A malformed member is left out and the
 * others are read; what lies beyond {@value #MAX_MEMBERS} members or {@value #MAX_LENGTH}
 * characters, all headers together, is neither read nor written. Immutable.
 *
 * @see <a href="https://www.w3.org/TR/baggage/">W3C Baggage</a>
 */
final class BaggagePropagator implements TextMapPropagator {

	static final String BAGGAGE = "baggage";

	static final int MAX_MEMBERS = 64;

	static final int MAX_LENGTH = 8192;

	private static final List<String> FIELDS = List.of(BAGGAGE);

	private static final String HEX = "0123456789ABCDEF";

	@Override
	public Collection<String> fields() {
		return FIELDS;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		Baggage baggage = Baggage.fromContext(context);
		if (baggage.isEmpty()) {
			return;
		}
		Writer writer = new Writer();
		baggage.forEach(writer::append);
		if (!writer.text.isEmpty()) {
			setter.set(carrier, BAGGAGE, writer.text.toString());
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Iterator<String> headers = getter.getAll(carrier, BAGGAGE);
		if (headers == null || !headers.hasNext()) {
			return context;
		}
		Reader reader = new Reader();
		while (reader.wantsMore() && headers.hasNext()) {
			reader.read(headers.next());
		}
		return (reader.members > 0) ? context.with(reader.builder.build()) : context;
	}

	private static boolean isBlank(char character) {
		return character == ' ' || character == '\t';
	}

	private static boolean isToken(String text, int start, int end) {
		for (int i = start; i < end; i++) {
			char character = text.charAt(i);
			boolean allowed = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
					|| (character >= '0' && character <= '9') || "!#$%&'*+-.^_`|~".indexOf(character) >= 0;
			if (!allowed) {
				return false;
			}
		}
		return start < end;
	}

	private static boolean isOctet(char character) {
		return character > ' ' && character <= '~' && character != '"' && character != ',' && character != ';'
				&& character != '\\';
	}

	/**
	 * Whether properties can stand in the header without becoming something else.
	 * @param text the properties
	 * @param start where they start
	 * @param end where they end
	 * @return {@code true} if they are without quotes, commas and control characters
	 */
	private static boolean areProperties(String text, int start, int end) {
		for (int i = start; i < end; i++) {
			char character = text.charAt(i);
			if (!isOctet(character) && character != ';' && !isBlank(character)) {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return "W3C baggage";
	}

	/**
	 * Reads the headers of one carrier.
	 */
	private static final class Reader {

		private final BaggageBuilder builder = Baggage.builder();

		private int members;

		private int length;

		boolean wantsMore() {
			return this.members < MAX_MEMBERS && this.length < MAX_LENGTH;
		}

		void read(@Nullable String header) {
			if (header == null) {
				return;
			}
			int rest = MAX_LENGTH - this.length;
			int limit = header.length();
			if (limit > rest) {
				// A member that is cut off would be another value
				limit = header.lastIndexOf(',', rest);
			}
			// An empty header counts too, or their number would be without bound
			this.length += header.length() + 1;
			for (int position = 0; position < limit && this.members < MAX_MEMBERS;) {
				int end = find(header, ',', position, limit);
				readMember(header, position, end);
				position = end + 1;
			}
		}

		private void readMember(String header, int start, int end) {
			int endOfValue = find(header, ';', start, end);
			int equals = find(header, '=', start, endOfValue);
			if (equals == endOfValue) {
				return;
			}
			int keyStart = skip(header, start, equals);
			int keyEnd = skipBack(header, keyStart, equals);
			int valueStart = skip(header, equals + 1, endOfValue);
			int valueEnd = skipBack(header, valueStart, endOfValue);
			if (!isToken(header, keyStart, keyEnd) || !areProperties(header, endOfValue, end)) {
				return;
			}
			String value = decode(header, valueStart, valueEnd);
			if (value != null) {
				this.builder.put(header.substring(keyStart, keyEnd), value, properties(header, endOfValue, end));
				this.members++;
			}
		}

		private static BaggageEntryMetadata properties(String header, int semicolon, int end) {
			int start = skip(header, Math.min(semicolon + 1, end), end);
			int last = skipBack(header, start, end);
			return (start == last) ? BaggageEntryMetadata.empty()
					: BaggageEntryMetadata.create(header.substring(start, last));
		}

		/**
		 * Where a character stands, {@code end} if it does not. Looks no further than
		 * that, because the header may be huge.
		 */
		private static int find(String header, char character, int start, int end) {
			int index = start;
			while (index < end && header.charAt(index) != character) {
				index++;
			}
			return index;
		}

		private static int skip(String header, int start, int end) {
			int index = start;
			while (index < end && isBlank(header.charAt(index))) {
				index++;
			}
			return index;
		}

		private static int skipBack(String header, int start, int end) {
			int index = end;
			while (index > start && isBlank(header.charAt(index - 1))) {
				index--;
			}
			return index;
		}

		private static @Nullable String decode(String header, int start, int end) {
			boolean encoded = false;
			for (int i = start; i < end; i++) {
				if (!isOctet(header.charAt(i))) {
					return null;
				}
				encoded |= header.charAt(i) == '%';
			}
			return encoded ? decodeOctets(header, start, end) : header.substring(start, end);
		}

		private static @Nullable String decodeOctets(String header, int start, int end) {
			byte[] octets = new byte[end - start];
			int count = 0;
			for (int i = start; i < end; i++) {
				char character = header.charAt(i);
				if (character == '%') {
					int high = (i + 2 < end) ? Character.digit(header.charAt(i + 1), 16) : -1;
					int low = (i + 2 < end) ? Character.digit(header.charAt(i + 2), 16) : -1;
					if (high < 0 || low < 0) {
						return null;
					}
					octets[count++] = (byte) (high << 4 | low);
					i += 2;
				}
				else {
					octets[count++] = (byte) character;
				}
			}
			return new String(octets, 0, count, StandardCharsets.UTF_8);
		}

	}

	/**
	 * Writes one header.
	 */
	private static final class Writer {

		private final StringBuilder text = new StringBuilder();

		private int members;

		void append(String key, BaggageEntry entry) {
			if (this.members == MAX_MEMBERS || !isToken(key, 0, key.length())) {
				return;
			}
			int length = this.text.length();
			if (length > 0) {
				this.text.append(',');
			}
			this.text.append(key).append('=');
			appendEncoded(entry.getValue());
			String properties = entry.getMetadata().getValue();
			if (!properties.isEmpty() && areProperties(properties, 0, properties.length())) {
				this.text.append(';').append(properties);
			}
			if (this.text.length() > MAX_LENGTH) {
				this.text.setLength(length);
			}
			else {
				this.members++;
			}
		}

		private void appendEncoded(String value) {
			for (int i = 0; i < value.length(); i++) {
				char character = value.charAt(i);
				if (isOctet(character) && character != '%') {
					this.text.append(character);
				}
				else if (character < 0x80) {
					appendOctet(character);
				}
				else {
					int end = i + 1;
					while (end < value.length() && value.charAt(end) >= 0x80) {
						end++;
					}
					for (byte octet : value.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
						appendOctet(octet & 0xff);
					}
					i = end - 1;
				}
				if (this.text.length() > MAX_LENGTH) {
					return;
				}
			}
		}

		private void appendOctet(int octet) {
			this.text.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 0xf));
		}

	}

}
