package io.hindspan.store;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a query, or a part of it, asks. Immutable.
 */
sealed interface QueryCondition {

	/**
	 * All of several conditions, of one and the same span.
	 *
	 * @param conditions the conditions, at least two
	 */
	record All(List<QueryCondition> conditions) implements QueryCondition {

	}

	/**
	 * One of several conditions.
	 *
	 * @param conditions the conditions, at least two
	 */
	record Any(List<QueryCondition> conditions) implements QueryCondition {

	}

	/**
	 * That no span of the trace satisfies a condition.
	 *
	 * @param condition the condition
	 * @param number its number among those that are asked of the trace once
	 */
	record None(QueryCondition condition, int number) implements QueryCondition {

	}

	/**
	 * That some span of the trace satisfies a condition.
	 *
	 * @param condition the condition
	 * @param number its number among those that are asked of the trace once
	 */
	record Some(QueryCondition condition, int number) implements QueryCondition {

	}

	/**
	 * That a value of a span passes a test.
	 *
	 * @param field where the span has its values
	 * @param test the test
	 * @param negative whether there must be values, of which none passes it
	 * @param term what the trace must contain for this, where that can be said exactly
	 * @param least how long the trace must be for this, in nanoseconds
	 */
	record OfSpan(SpanField field, ValueTest test, boolean negative, TraceQuery.@Nullable Term term,
			long least) implements QueryCondition {

		OfSpan(SpanField field, ValueTest test, boolean negative, TraceQuery.@Nullable Term term) {
			this(field, test, negative, term, 0);
		}

		boolean holds(SpanRecord span) {
			return this.negative ? this.field.any(span, ValueTest.ANYTHING) && !this.field.any(span, this.test)
					: this.field.any(span, this.test);
		}

	}

	/**
	 * That a span has no value.
	 *
	 * @param field where it would have one
	 */
	record Absent(SpanField field) implements QueryCondition {

	}

	/**
	 * That the value of a trace passes a test, or does not.
	 *
	 * @param field what the trace has
	 * @param test the test
	 * @param negative whether it must not pass it
	 * @param term what the trace must contain for this, where that can be said exactly
	 * @param least how long the trace must be for this, in nanoseconds
	 */
	record OfTrace(TraceField field, ValueTest test, boolean negative, TraceQuery.@Nullable Term term,
			long least) implements QueryCondition {

		OfTrace(TraceField field, ValueTest test, boolean negative, TraceQuery.@Nullable Term term) {
			this(field, test, negative, term, 0);
		}

		boolean holds(Trace trace) {
			return this.test.test(this.field.of(trace)) != this.negative;
		}

	}

}
