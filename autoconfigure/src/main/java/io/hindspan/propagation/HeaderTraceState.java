package io.hindspan.propagation;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.VerdictTraceState;

/**
 * A {@code tracestate} that is kept as the text of its header, because most services only
 * hand it on. Unlike OpenTelemetry's own it follows the grammar of Level 2, where a key
 * may begin with a digit and have any number of {@code @} after that. Immutable.
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/#tracestate-header">tracestate</a>
 */
final class HeaderTraceState implements TraceState {

	/** A limit of the specification. */
	static final int MAX_MEMBERS = 32;

	/** A limit of the specification, for a key and for a value. */
	static final int MAX_TEXT = 256;

	/**
	 * How much of a {@code tracestate} is read, over all its headers. The specification
	 * asks for 512 at least.
	 */
	static final int MAX_LENGTH = 8192;

	/** Headers that may be empty, as some senders leave them. */
	static final int MAX_HEADERS = 64;

	private final String text;

	private final int size;

	private HeaderTraceState(String text, int size) {
		this.text = text;
		this.size = size;
	}

	/**
	 * The state that the headers tell together.
	 * @param headers the values of the headers in their order
	 * @return the state, empty if there is none or if any part of it breaks a rule
	 */
	static TraceState parse(@Nullable Iterator<String> headers) {
		if (headers == null || !headers.hasNext()) {
			return TraceState.getDefault();
		}
		String first = headers.next();
		if (!headers.hasNext()) {
			return (first != null) ? parse(first) : TraceState.getDefault();
		}
		StringBuilder combined = new StringBuilder();
		int count = 1;
		for (String header = first;; header = headers.next()) {
			if (header != null && !header.isEmpty()) {
				if (combined.length() + 1 + header.length() > MAX_LENGTH) {
					return TraceState.getDefault();
				}
				combined.append(header).append(',');
			}
			if (!headers.hasNext()) {
				return parse(combined.toString());
			}
			if (++count > MAX_HEADERS) {
				return TraceState.getDefault();
			}
		}
	}

	private static TraceState parse(String header) {
		int length = header.length();
		if (length == 0 || length > MAX_LENGTH) {
			return TraceState.getDefault();
		}
		int[] starts = new int[MAX_MEMBERS];
		int[] ends = new int[MAX_MEMBERS];
		int members = 0;
		int size = 0;
		int textLength = -1;
		for (int position = 0; position < length;) {
			int comma = header.indexOf(',', position);
			int end = (comma < 0) ? length : comma;
			int start = position;
			position = end + 1;
			while (start < end && isBlank(header.charAt(start))) {
				start++;
			}
			while (end > start && isBlank(header.charAt(end - 1))) {
				end--;
			}
			if (start == end) {
				continue;
			}
			int equals = endOfKey(header, start, end);
			if (++members > MAX_MEMBERS || equals < 0 || equals == end || header.charAt(equals) != '='
					|| !isValue(header, equals + 1, end)) {
				return TraceState.getDefault();
			}
			// A writer puts its entry to the left, so the first of two is the newer
			if (!isRepeated(header, starts, size, start, equals)) {
				starts[size] = start;
				ends[size] = end;
				size++;
				textLength += end - start + 1;
			}
		}
		if (size == 0) {
			return TraceState.getDefault();
		}
		return new HeaderTraceState((textLength == length) ? header : join(header, starts, ends, size, textLength),
				size);
	}

	private static String join(String header, int[] starts, int[] ends, int size, int textLength) {
		StringBuilder text = new StringBuilder(textLength);
		for (int i = 0; i < size; i++) {
			if (i > 0) {
				text.append(',');
			}
			text.append(header, starts[i], ends[i]);
		}
		return text.toString();
	}

	private static boolean isRepeated(String header, int[] starts, int size, int start, int equals) {
		for (int i = 0; i < size; i++) {
			if (header.regionMatches(starts[i], header, start, equals - start + 1)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isBlank(char character) {
		return character == ' ' || character == '\t';
	}

	/**
	 * Where the key ends that begins here.
	 * @param text the text
	 * @param start where the key begins
	 * @param end where the text to look at ends
	 * @return the index behind the key, -1 if there is no key
	 */
	private static int endOfKey(String text, int start, int end) {
		if (start >= end || !isLetterOrDigit(text.charAt(start))) {
			return -1;
		}
		int index = start + 1;
		while (index < end && isKeyCharacter(text.charAt(index))) {
			index++;
		}
		return (index - start <= MAX_TEXT) ? index : -1;
	}

	private static boolean isKeyCharacter(char character) {
		return isLetterOrDigit(character) || character == '_' || character == '-' || character == '*'
				|| character == '/' || character == '@';
	}

	private static boolean isLetterOrDigit(char character) {
		return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
	}

	private static boolean isValue(String text, int start, int end) {
		if (start >= end || end - start > MAX_TEXT || text.charAt(end - 1) == ' ') {
			return false;
		}
		for (int i = start; i < end; i++) {
			char character = text.charAt(i);
			if (character < ' ' || character > '~' || character == ',' || character == '=') {
				return false;
			}
		}
		return true;
	}

	/**
	 * A state as the text of its header.
	 * @param traceState the state, which may be of another kind
	 * @return the text, empty for an empty state
	 */
	static String text(TraceState traceState) {
		TraceState plain = VerdictTraceState.plain(traceState);
		if (plain instanceof HeaderTraceState own) {
			return own.text;
		}
		StringBuilder text = new StringBuilder();
		plain.forEach((key, value) -> append(text, key, value));
		return text.toString();
	}

	private static void append(StringBuilder text, String key, String value) {
		if (!text.isEmpty()) {
			text.append(',');
		}
		text.append(key).append('=').append(value);
	}

	@Override
	public @Nullable String get(@Nullable String key) {
		if (key == null || key.isEmpty()) {
			return null;
		}
		for (int start = 0; start < this.text.length();) {
			int end = end(start);
			if (this.text.startsWith(key, start) && start + key.length() < end
					&& this.text.charAt(start + key.length()) == '=') {
				return this.text.substring(start + key.length() + 1, end);
			}
			start = end + 1;
		}
		return null;
	}

	private int end(int start) {
		int comma = this.text.indexOf(',', start);
		return (comma < 0) ? this.text.length() : comma;
	}

	@Override
	public int size() {
		return this.size;
	}

	@Override
	public boolean isEmpty() {
		return false;
	}

	@Override
	public void forEach(@Nullable BiConsumer<String, String> consumer) {
		if (consumer == null) {
			return;
		}
		for (int start = 0; start < this.text.length();) {
			int end = end(start);
			int equals = this.text.indexOf('=', start);
			consumer.accept(this.text.substring(start, equals), this.text.substring(equals + 1, end));
			start = end + 1;
		}
	}

	@Override
	public Map<String, String> asMap() {
		return Collections.unmodifiableMap(toMap());
	}

	private Map<String, String> toMap() {
		Map<String, String> entries = new LinkedHashMap<>();
		forEach(entries::put);
		return entries;
	}

	@Override
	public TraceStateBuilder toBuilder() {
		return new Builder(toMap());
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof HeaderTraceState that && this.text.equals(that.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * Puts changed entries to the left, as the specification wants it, and lets those at
	 * the right fall off when there are too many.
	 */
	private static final class Builder implements TraceStateBuilder {

		private Map<String, String> entries;

		Builder(Map<String, String> entries) {
			this.entries = entries;
		}

		@Override
		public TraceStateBuilder put(@Nullable String key, @Nullable String value) {
			if (key == null || value == null || key.isEmpty() || endOfKey(key, 0, key.length()) != key.length()
					|| !isValue(value, 0, value.length())) {
				return this;
			}
			Map<String, String> changed = new LinkedHashMap<>();
			changed.put(key, value);
			this.entries.forEach((otherKey, otherValue) -> {
				if (changed.size() < MAX_MEMBERS) {
					changed.putIfAbsent(otherKey, otherValue);
				}
			});
			this.entries = changed;
			return this;
		}

		@Override
		public TraceStateBuilder remove(@Nullable String key) {
			this.entries.remove(key);
			return this;
		}

		@Override
		public TraceState build() {
			if (this.entries.isEmpty()) {
				return TraceState.getDefault();
			}
			StringBuilder text = new StringBuilder();
			this.entries.forEach((key, value) -> append(text, key, value));
			return new HeaderTraceState(text.toString(), this.entries.size());
		}

	}

}
