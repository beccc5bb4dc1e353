package io.hindspan.sampling.tail;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import io.hindspan.sampling.PathPattern;

/**
 * Keeps what has an attribute of a certain name and value, on any of its spans. Numbers
 * and truth values are compared by their texts. Immutable.
 */
final class AttributePolicy implements TailPolicy {

	static final String REASON = "attribute";

	private final AttributeKey<String> text;

	private final AttributeKey<Long> number;

	private final AttributeKey<Boolean> flag;

	private final @Nullable PathPattern value;

	/**
	 * Creates a policy.
	 * @param name the attribute's name
	 * @param value the pattern of its value, or {@code null} if any will do
	 */
	AttributePolicy(String name, @Nullable PathPattern value) {
		this.text = AttributeKey.stringKey(name);
		this.number = AttributeKey.longKey(name);
		this.flag = AttributeKey.booleanKey(name);
		this.value = value;
	}

	@Override
	public @Nullable String reasonToKeep(SpanData span, boolean localRoot) {
		Object actual = span.getAttributes().get(this.text);
		if (actual == null) {
			actual = span.getAttributes().get(this.number);
		}
		if (actual == null) {
			actual = span.getAttributes().get(this.flag);
		}
		return (actual != null && (this.value == null || this.value.matches(actual.toString()))) ? REASON : null;
	}

}
