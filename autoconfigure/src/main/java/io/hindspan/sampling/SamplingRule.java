package io.hindspan.sampling;

import java.util.Locale;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * A chance for the traces that begin in a certain way. What a rule does not say matches
 * everything. Matches without allocating. Immutable.
 *
 * @param path the path of a request, or {@code null}
 * @param method the method of a request, or {@code null}
 * @param destination the queue, topic or exchange of a message, or {@code null}
 * @param name the name of the first span at its start, or {@code null}
 * @param kind the kind of the first span, or {@code null}
 * @param entry what the request must carry along, or {@code null}
 * @param chance the chance
 */
record SamplingRule(@Nullable PathPattern path, @Nullable String method, @Nullable PathPattern destination,
		@Nullable PathPattern name, @Nullable SpanKind kind, @Nullable Entry entry, Chance chance) {

	private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");

	private static final AttributeKey<String> LEGACY_PATH = AttributeKey.stringKey("http.target");

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

	private static final AttributeKey<String> LEGACY_METHOD = AttributeKey.stringKey("http.method");

	private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

	private static final AttributeKey<String> LEGACY_DESTINATION = AttributeKey.stringKey("messaging.destination");

	SamplingRule {
		method = (method != null) ? method.toUpperCase(Locale.ROOT) : null;
	}

	boolean matches(Context parent, String spanName, SpanKind spanKind, Attributes attributes) {
		return (this.kind == null || this.kind == spanKind) && (this.name == null || this.name.matches(spanName))
				&& (this.method == null || this.method.equals(method(attributes)))
				&& (this.path == null || matches(this.path, path(attributes)))
				&& (this.destination == null
						|| matches(this.destination, value(attributes, DESTINATION, LEGACY_DESTINATION)))
				&& (this.entry == null || this.entry.isIn(parent));
	}

	/**
	 * The method of a request.
	 */
	static @Nullable String method(Attributes attributes) {
		return value(attributes, METHOD, LEGACY_METHOD);
	}

	/**
	 * The path of a request.
	 */
	static @Nullable String path(Attributes attributes) {
		return value(attributes, PATH, LEGACY_PATH);
	}

	private static boolean matches(PathPattern pattern, @Nullable String value) {
		return value != null && pattern.matches(value);
	}

	private static @Nullable String value(Attributes attributes, AttributeKey<String> key,
			AttributeKey<String> legacy) {
		String value = attributes.get(key);
		return (value != null) ? value : attributes.get(legacy);
	}

	/**
	 * An entry of the baggage, or a header.
	 *
	 * @param name the name of the entry
	 * @param value the pattern of its value, or {@code null} if any will do
	 * @param header whether it is a header
	 */
	record Entry(String name, @Nullable PathPattern value, boolean header) {

		boolean isIn(Context context) {
			String actual = this.header ? RuleHeaders.value(context, this.name)
					: Baggage.fromContext(context).getEntryValue(this.name);
			return actual != null && (this.value == null || this.value.matches(actual));
		}

	}

}
