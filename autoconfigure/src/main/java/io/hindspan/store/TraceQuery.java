package io.hindspan.store;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of traces, such as {@code http.method=POST duration:>1s}. A trace is
 * asked for if one of its spans satisfies the whole query. Immutable and thread-safe.
 */
public final class TraceQuery {

	/** How many spans of a trace are told. */
	static final int MAX_SPANS = 1000;

	private final String text;

	private final @Nullable QueryCondition condition;

	private final int numbered;

	private final List<Term> required;

	private final long minDuration;

	private TraceQuery(String text, @Nullable QueryCondition condition, int numbered) {
		this.text = text;
		this.condition = condition;
		this.numbered = numbered;
		List<Term> terms = new ArrayList<>();
		this.minDuration = (condition != null) ? collect(condition, terms) : 0;
		this.required = List.copyOf(terms);
	}

	/**
	 * Collects what must be in a trace.
	 * @return how long the trace must be
	 */
	private static long collect(QueryCondition condition, List<Term> terms) {
		if (condition instanceof QueryCondition.All all) {
			long least = 0;
			for (QueryCondition each : all.conditions()) {
				least = Math.max(least, collect(each, terms));
			}
			return least;
		}
		if (condition instanceof QueryCondition.Some some) {
			return collect(some.condition(), terms);
		}
		if (condition instanceof QueryCondition.OfSpan ofSpan) {
			add(ofSpan.term(), terms);
			return ofSpan.least();
		}
		if (condition instanceof QueryCondition.OfTrace ofTrace) {
			add(ofTrace.term(), terms);
			return ofTrace.least();
		}
		return 0;
	}

	private static void add(@Nullable Term term, List<Term> terms) {
		if (term != null) {
			terms.add(term);
		}
	}

	/**
	 * Reads a query.
	 * @param text the query; empty for one that every trace matches
	 * @return the query
	 * @throws QuerySyntaxException if it cannot be read
	 */
	public static TraceQuery parse(String text) {
		QueryParser parser = new QueryParser(text);
		QueryCondition condition = parser.parse();
		return new TraceQuery(text.trim(), condition, parser.numbered());
	}

	/**
	 * Whether a trace is asked for.
	 * @param trace the trace
	 * @return whether it matches
	 */
	public boolean matches(Trace trace) {
		return this.condition == null || new QueryEvaluation(trace, this.numbered).some(this.condition);
	}

	/**
	 * The spans of a trace that are asked for: those that satisfy the query by what they
	 * are themselves. A query that asks of the trace as a whole only has none.
	 * @param trace the trace
	 * @return the ids of at most 1,000 spans, by start; none if the trace does not match
	 */
	public List<String> matchingSpans(Trace trace) {
		QueryEvaluation evaluation = new QueryEvaluation(trace, this.numbered);
		return (this.condition != null && evaluation.some(this.condition)) ? evaluation.spans(this.condition, MAX_SPANS)
				: List.of();
	}

	/**
	 * What every trace that matches contains, for an index of what traces contain. That a
	 * trace contains it does not mean that it matches.
	 * @return the terms, of which a trace must have each; none if an index is no help
	 */
	public List<Term> required() {
		return this.required;
	}

	/**
	 * How long every trace that matches is at the least.
	 * @return nanoseconds, 0 if that cannot be said
	 */
	public long minDuration() {
		return this.minDuration;
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * A value that some span of a trace has under one of some keys. The keys
	 * {@code service}, {@code name}, {@code status}, {@code kind} and {@code trace.id}
	 * stand for what the span has of its own, of which status and kind are in lower case.
	 * Any other is the key of an attribute of the span, of an event of it or of its
	 * resource; the value is then the text of one of the attribute's elements. Immutable.
	 *
	 * @param keys the keys, of which one is enough
	 * @param value the value
	 */
	public record Term(List<String> keys, String value) {

		/**
		 * Creates a term.
		 * @param keys the keys, of which one is enough
		 * @param value the value
		 */
		public Term {
			keys = List.copyOf(keys);
		}

	}

}
