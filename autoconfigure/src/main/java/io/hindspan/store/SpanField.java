package io.hindspan.store;

import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * Where a span has the values that a query asks for. Immutable.
 */
interface SpanField {

	/**
	 * Whether the span has a value that passes a test.
	 */
	boolean any(SpanRecord span, ValueTest test);

	/** The name of the service. */
	SpanField SERVICE = one(SpanRecord::service);

	/** The name. */
	SpanField NAME = one(SpanRecord::name);

	/** The kind, in lower case. */
	SpanField KIND = one((span) -> span.kind().name().toLowerCase(Locale.ROOT));

	/** The code of the status, in lower case. */
	SpanField STATUS = one((span) -> span.status().name().toLowerCase(Locale.ROOT));

	/** The duration in nanoseconds. */
	SpanField DURATION = one(SpanRecord::duration);

	/** Its id. */
	SpanField SPAN_ID = one(SpanRecord::spanId);

	/** The name of the instrumentation scope. */
	SpanField SCOPE = one((span) -> span.origin().scope());

	/** The names of its events. */
	SpanField EVENT = (span, test) -> {
		for (SpanRecord.Event event : span.events()) {
			if (test.test(event.name())) {
				return true;
			}
		}
		return false;
	};

	/** The traces that it is linked to. */
	SpanField LINK_TRACE_ID = link(SpanRecord.Link::traceId);

	/** The spans that it is linked to. */
	SpanField LINK_SPAN_ID = link(SpanRecord.Link::spanId);

	/** Whether it failed, or says of what type its error was. */
	SpanField ERROR = new Failure();

	/** All that it says in words, but for stack traces. */
	SpanField WORDS = new Words();

	private static SpanField one(Function<SpanRecord, Object> value) {
		return (span, test) -> test.test(value.apply(span));
	}

	private static SpanField link(Function<SpanRecord.Link, Object> value) {
		return (span, test) -> {
			for (SpanRecord.Link link : span.links()) {
				if (test.test(value.apply(link))) {
					return true;
				}
			}
			return false;
		};
	}

	/**
	 * Attributes of the span, of its events and of its resource.
	 * @param names the names that the attribute may have
	 */
	static SpanField attribute(List<String> names) {
		return new Attribute(names, names, names);
	}

	/**
	 * Attributes of the span itself.
	 * @param names the names that the attribute may have
	 * @param written the name with its prefix, which an attribute anywhere may have, too
	 */
	static SpanField ofSpan(List<String> names, String written) {
		return new Attribute(names(names, written), List.of(written), List.of(written));
	}

	/**
	 * Attributes of its events.
	 * @param names the names that the attribute may have
	 * @param written the name with its prefix, which an attribute anywhere may have, too
	 */
	static SpanField ofEvents(List<String> names, String written) {
		return new Attribute(List.of(written), names(names, written), List.of(written));
	}

	/**
	 * Attributes of its resource.
	 * @param names the names that the attribute may have
	 * @param written the name with its prefix, which an attribute anywhere may have, too
	 */
	static SpanField ofResource(List<String> names, String written) {
		return new Attribute(List.of(written), List.of(written), names(names, written));
	}

	/**
	 * Names and one more.
	 */
	static List<String> names(List<String> names, String written) {
		return Stream.concat(names.stream(), Stream.of(written)).toList();
	}

	/**
	 * An attribute, in the places that may have it.
	 *
	 * @param ofSpan the names that it may have in the span
	 * @param ofEvents the names that it may have in events
	 * @param ofResource the names that it may have in the resource
	 */
	record Attribute(List<String> ofSpan, List<String> ofEvents, List<String> ofResource) implements SpanField {

		@Override
		public boolean any(SpanRecord span, ValueTest test) {
			if (any(span.attributes(), this.ofSpan, test)) {
				return true;
			}
			for (SpanRecord.Event event : span.events()) {
				if (any(event.attributes(), this.ofEvents, test)) {
					return true;
				}
			}
			return any(span.origin().resource(), this.ofResource, test);
		}

		private static boolean any(Attributes attributes, List<String> names, ValueTest test) {
			if (attributes.isEmpty()) {
				return false;
			}
			Search search = new Search(names, null, test);
			attributes.forEach(search);
			return search.found;
		}

	}

	/**
	 * Whether a span failed.
	 */
	final class Failure implements SpanField {

		private static final List<String> TYPE = List.of("error.type");

		private static final List<String> FLAG = List.of("error");

		@Override
		public boolean any(SpanRecord span, ValueTest test) {
			return test.test(span.isError() || Attribute.any(span.attributes(), TYPE, ValueTest.ANYTHING)
					|| Attribute.any(span.attributes(), FLAG, ValueTest.equalTo("true")));
		}

	}

	/**
	 * What a span says in words.
	 */
	final class Words implements SpanField {

		private static final String STACK_TRACE = "exception.stacktrace";

		@Override
		public boolean any(SpanRecord span, ValueTest test) {
			if (test.test(span.name()) || test.test(span.service()) || test.test(span.statusDescription())) {
				return true;
			}
			if (any(span.attributes(), test)) {
				return true;
			}
			for (SpanRecord.Event event : span.events()) {
				if (test.test(event.name()) || any(event.attributes(), test)) {
					return true;
				}
			}
			return false;
		}

		private static boolean any(Attributes attributes, ValueTest test) {
			if (attributes.isEmpty()) {
				return false;
			}
			Search search = new Search(null, STACK_TRACE, test);
			attributes.forEach(search);
			return search.found;
		}

	}

	/**
	 * Looks through attributes, which can be found by name only so. For one thread.
	 */
	final class Search implements BiConsumer<AttributeKey<?>, Object> {

		private final @Nullable List<String> names;

		private final @Nullable String except;

		private final ValueTest test;

		private boolean found;

		private Search(@Nullable List<String> names, @Nullable String except, ValueTest test) {
			this.names = names;
			this.except = except;
			this.test = test;
		}

		@Override
		public void accept(AttributeKey<?> key, Object value) {
			if (!this.found) {
				String name = key.getKey();
				this.found = ((this.names != null) ? this.names.contains(name) : !name.equals(this.except))
						&& this.test.test(value);
			}
		}

	}

}
