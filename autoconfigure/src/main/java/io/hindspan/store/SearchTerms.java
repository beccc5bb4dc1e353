package io.hindspan.store;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.opentelemetry.api.common.Value;

/**
 * A query as the index sees it: what can be said of all traces that match without looking
 * at their spans. What is said may be too little, and never too much.
 */
interface SearchTerms {

	/** The key of a span's service. */
	String SERVICE = "service";

	/** The key of a span's name. */
	String NAME = "name";

	/** The key of a span's status: {@code unset}, {@code ok} or {@code error}. */
	String STATUS = "status";

	/** The key of a span's kind, such as {@code server}. */
	String KIND = "kind";

	/** The key of the trace's id. */
	String TRACE_ID = "trace.id";

	/** Every trace matches. */
	SearchTerms EVERYTHING = new SearchTerms() {

		@Override
		public List<Term> required() {
			return List.of();
		}

		@Override
		public boolean matches(Trace trace) {
			return true;
		}

		@Override
		public boolean isEverything() {
			return true;
		}

	};

	/**
	 * What can be said of a query.
	 */
	static SearchTerms of(TraceQuery query) {
		return query.toString().isEmpty() ? EVERYTHING : of(List.of(), query::matches);
	}

	/**
	 * What matches, and what can be said of it.
	 */
	static SearchTerms of(List<Term> required, Predicate<Trace> matches) {
		return new SearchTerms() {

			@Override
			public List<Term> required() {
				return required;
			}

			@Override
			public boolean matches(Trace trace) {
				return matches.test(trace);
			}

		};
	}

	/**
	 * What every trace that matches has on one of its spans, not necessarily the same: an
	 * attribute of the span, of its resource or of one of its events, or what a key of
	 * this interface stands for.
	 */
	List<Term> required();

	/**
	 * Whether a trace matches.
	 */
	boolean matches(Trace trace);

	/**
	 * The duration that every trace that matches has at the least, nanoseconds.
	 */
	default long minDuration() {
		return 0;
	}

	/**
	 * Whether every trace matches.
	 */
	default boolean isEverything() {
		return false;
	}

	/**
	 * A value under one of some keys.
	 *
	 * @param keys the keys of attributes, or one of this interface; any of them will do
	 * @param value the value as {@link #texts} writes it
	 */
	record Term(List<String> keys, String value) {

		/** From here on not every whole number is a {@code double}. */
		private static final double EXACT = 1L << 53;

		Term(String key, String value) {
			this(List.of(key), value);
		}

		/**
		 * The texts of a value: one for each element of a list, else one. Whole numbers
		 * have no fraction, so that 1 and 1.0 are the same.
		 */
		static void texts(Object value, Consumer<String> texts) {
			Object plain = value;
			if (value instanceof Value<?> wrapped) {
				plain = switch (wrapped.getType()) {
					case STRING, BOOLEAN, LONG, DOUBLE, ARRAY -> wrapped.getValue();
					case KEY_VALUE_LIST, BYTES, EMPTY -> wrapped.asString();
				};
			}
			if (plain instanceof List<?> elements) {
				for (Object element : elements) {
					texts(element, texts);
				}
			}
			else if (plain instanceof Double number && number == Math.rint(number) && Math.abs(number) < EXACT) {
				texts.accept(Long.toString(number.longValue()));
			}
			else {
				texts.accept(plain.toString());
			}
		}

	}

}
