package io.hindspan.test;

import java.util.Map;
import java.util.Objects;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on one span. Every failure prints the whole span, and its trace if known.
 */
public final class SpanAssert extends AbstractAssert<SpanAssert, RecordedSpan> {

	private final @Nullable RecordedTrace trace;

	SpanAssert(RecordedSpan actual) {
		super(actual, SpanAssert.class);
		this.trace = null;
	}

	SpanAssert(RecordedSpan actual, RecordedTrace trace) {
		super(actual, SpanAssert.class);
		this.trace = trace;
	}

	/**
	 * The span has this name.
	 * @param name the name
	 * @return this
	 */
	public SpanAssert hasName(String name) {
		return requireEqual("name", name, span().name());
	}

	/**
	 * The span is of this kind.
	 * @param kind the kind
	 * @return this
	 */
	public SpanAssert hasKind(SpanKind kind) {
		return requireEqual("kind", kind, span().kind());
	}

	/**
	 * The span has this status code.
	 * @param status the status code
	 * @return this
	 */
	public SpanAssert hasStatus(StatusCode status) {
		return requireEqual("status", status, span().status());
	}

	/**
	 * The status has this description.
	 * @param message the description, empty for none
	 * @return this
	 */
	public SpanAssert hasStatusMessage(String message) {
		return requireEqual("status message", message, span().statusMessage());
	}

	/**
	 * The span was made by this service.
	 * @param service the resource's {@code service.name}
	 * @return this
	 */
	public SpanAssert hasService(String service) {
		return requireEqual("service", service, span().service());
	}

	/**
	 * The span was made by this instrumentation.
	 * @param name the name of the instrumentation scope
	 * @return this
	 */
	public SpanAssert hasScope(String name) {
		return requireEqual("scope", name, span().scope().name());
	}

	/**
	 * The span has an attribute of this value and type. Integral numbers are compared as
	 * {@link Long}, others as {@link Double}, arrays as lists.
	 * @param key the attribute's name
	 * @param value the value
	 * @return this
	 */
	public SpanAssert hasAttribute(String key, Object value) {
		return requireEqual("attribute " + key, AttributeValues.normalize(value), span().attribute(key));
	}

	/**
	 * The span has an attribute of any value.
	 * @param key the attribute's name
	 * @return this
	 */
	public SpanAssert hasAttribute(String key) {
		return require(span().attribute(key) != null, "an attribute " + key);
	}

	/**
	 * The span does not have any of these attributes.
	 * @param keys the attributes' names
	 * @return this
	 */
	public SpanAssert hasNoAttribute(String... keys) {
		for (String key : keys) {
			require(span().attribute(key) == null, "no attribute " + key);
		}
		return this;
	}

	/**
	 * The span has these attributes and no other.
	 * @param attributes names and values
	 * @return this
	 */
	public SpanAssert hasOnlyAttributes(Map<String, ?> attributes) {
		attributes.forEach(this::hasAttribute);
		for (String key : span().attributes().keySet()) {
			require(attributes.containsKey(key), "no attribute " + key);
		}
		return this;
	}

	/**
	 * The resource has an attribute of this value.
	 * @param key the attribute's name
	 * @param value the value
	 * @return this
	 */
	public SpanAssert hasResourceAttribute(String key, Object value) {
		return requireEqual("resource attribute " + key, AttributeValues.normalize(value), span().resource().get(key));
	}

	/**
	 * The span has an event of this name.
	 * @param name the event's name
	 * @return this
	 */
	public SpanAssert hasEvent(String name) {
		return require(span().event(name).isPresent(), "an event " + name);
	}

	/**
	 * The span has an event of this name with at least these attributes.
	 * @param name the event's name
	 * @param attributes names and values of attributes
	 * @return this
	 */
	public SpanAssert hasEvent(String name, Map<String, ?> attributes) {
		boolean found = span().events()
			.stream()
			.anyMatch((event) -> event.name().equals(name) && attributes.entrySet()
				.stream()
				.allMatch((entry) -> AttributeValues.normalize(entry.getValue())
					.equals(event.attributes().get(entry.getKey()))));
		return require(found, "an event " + name + " with " + attributes);
	}

	/**
	 * The span has exactly one exception event, of this type.
	 * @param type the exception's class
	 * @return this
	 */
	public SpanAssert hasException(Class<? extends Throwable> type) {
		require(span().events().stream().filter((event) -> event.name().equals("exception")).count() == 1,
				"one exception event");
		return hasEvent("exception", Map.of("exception.type", type.getName()));
	}

	/**
	 * The span has no events.
	 * @return this
	 */
	public SpanAssert hasNoEvents() {
		return require(span().events().isEmpty(), "no events");
	}

	/**
	 * The span has no parent.
	 * @return this
	 */
	public SpanAssert isRoot() {
		return require(span().parentSpanId() == null, "no parent");
	}

	/**
	 * The span's parent is another span, of the same trace.
	 * @param parent the other span
	 * @return this
	 */
	public SpanAssert isChildOf(RecordedSpan parent) {
		requireEqual("trace id", parent.traceId(), span().traceId());
		return requireEqual("parent span id", parent.spanId(), span().parentSpanId());
	}

	/**
	 * The span has a link to another span.
	 * @param span the other span
	 * @return this
	 */
	public SpanAssert hasLinkTo(RecordedSpan span) {
		boolean found = span().links()
			.stream()
			.anyMatch((link) -> link.traceId().equals(span.traceId()) && link.spanId().equals(span.spanId()));
		return require(found, "a link to span " + span.spanId() + " of trace " + span.traceId());
	}

	/**
	 * The span has this many links.
	 * @param count the number of links
	 * @return this
	 */
	public SpanAssert hasLinkCount(int count) {
		return requireEqual("number of links", count, span().links().size());
	}

	private RecordedSpan span() {
		isNotNull();
		return this.actual;
	}

	private SpanAssert requireEqual(String what, Object expected, @Nullable Object actual) {
		if (!Objects.equals(expected, actual)) {
			throw failure("Expecting %s %s but was %s in%n%s", what, AttributeValues.describe(expected),
					AttributeValues.describe(actual), describe());
		}
		return this;
	}

	private SpanAssert require(boolean condition, String what) {
		if (!condition) {
			throw failure("Expecting %s in%n%s", what, describe());
		}
		return this;
	}

	private String describe() {
		String span = this.actual.toString();
		return (this.trace != null) ? span + "\nof\n" + this.trace : span;
	}

}
