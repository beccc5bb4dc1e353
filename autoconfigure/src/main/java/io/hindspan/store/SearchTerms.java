package io.hindspan.store;

import java.util.List;
import java.util.function.Predicate;

import io.hindspan.store.TraceQuery.Term;

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
		public long minDuration() {
			return 0;
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
		return query.toString().isEmpty() ? EVERYTHING : of(query.required(), query.minDuration(), query::matches);
	}

	/**
	 * What matches, and what can be said of it.
	 */
	static SearchTerms of(List<Term> required, Predicate<Trace> matches) {
		return of(required, 0, matches);
	}

	private static SearchTerms of(List<Term> required, long minDuration, Predicate<Trace> matches) {
		return new SearchTerms() {

			@Override
			public List<Term> required() {
				return required;
			}

			@Override
			public long minDuration() {
				return minDuration;
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
	long minDuration();

	/**
	 * Whether every trace matches.
	 */
	default boolean isEverything() {
		return false;
	}

}
