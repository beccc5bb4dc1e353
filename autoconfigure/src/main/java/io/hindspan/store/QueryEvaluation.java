package io.hindspan.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks the conditions of a query of one trace. What is asked of the trace as a whole is
 * asked once, so the work is the number of conditions times that of spans, however they
 * are nested. For one thread.
 */
final class QueryEvaluation {

	private final Trace trace;

	private final Boolean[] known;

	QueryEvaluation(Trace trace, int numbered) {
		this.trace = trace;
		this.known = new Boolean[numbered];
	}

	/**
	 * Whether some span satisfies a condition.
	 */
	boolean some(QueryCondition condition) {
		for (SpanRecord span : this.trace.spans()) {
			if (answer(condition, span) != Answer.NO) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The spans that satisfy a condition by what they are themselves.
	 * @param most how many to return at the most
	 * @return their ids, by start
	 */
	List<String> spans(QueryCondition condition, int most) {
		List<QueryCondition> asked = new ArrayList<>();
		asked.add(condition);
		collect(condition, asked);
		Set<String> ids = new LinkedHashSet<>();
		for (SpanRecord span : this.trace.spans()) {
			if (ids.size() == most) {
				break;
			}
			if (asked.stream().anyMatch((each) -> answer(each, span) == Answer.BY_SPAN)) {
				ids.add(span.spanId());
			}
		}
		return List.copyOf(ids);
	}

	private void collect(QueryCondition condition, List<QueryCondition> asked) {
		if (condition instanceof QueryCondition.All all) {
			all.conditions().forEach((each) -> collect(each, asked));
		}
		else if (condition instanceof QueryCondition.Any any) {
			any.conditions().forEach((each) -> collect(each, asked));
		}
		else if (condition instanceof QueryCondition.Some some) {
			asked.add(some.condition());
			collect(some.condition(), asked);
		}
	}

	private Answer answer(QueryCondition condition, SpanRecord span) {
		if (condition instanceof QueryCondition.OfSpan ofSpan) {
			return ofSpan.holds(span) ? Answer.BY_SPAN : Answer.NO;
		}
		if (condition instanceof QueryCondition.Absent absent) {
			return absent.field().any(span, ValueTest.ANYTHING) ? Answer.NO : Answer.BY_SPAN;
		}
		if (condition instanceof QueryCondition.OfTrace ofTrace) {
			return Answer.byTrace(ofTrace.holds(this.trace));
		}
		if (condition instanceof QueryCondition.All all) {
			Answer answer = Answer.BY_TRACE;
			for (QueryCondition each : all.conditions()) {
				Answer next = answer(each, span);
				if (next == Answer.NO) {
					return Answer.NO;
				}
				answer = (next == Answer.BY_SPAN) ? next : answer;
			}
			return answer;
		}
		if (condition instanceof QueryCondition.Any any) {
			Answer answer = Answer.NO;
			for (QueryCondition each : any.conditions()) {
				Answer next = answer(each, span);
				if (next == Answer.BY_SPAN) {
					return next;
				}
				answer = (next == Answer.BY_TRACE) ? next : answer;
			}
			return answer;
		}
		if (condition instanceof QueryCondition.Some some) {
			return Answer.byTrace(once(some.condition(), some.number()));
		}
		QueryCondition.None none = (QueryCondition.None) condition;
		return Answer.byTrace(!once(none.condition(), none.number()));
	}

	private boolean once(QueryCondition condition, int number) {
		Boolean before = this.known[number];
		if (before == null) {
			before = some(condition);
			this.known[number] = before;
		}
		return before;
	}

	/**
	 * Whether a span satisfies a condition.
	 */
	private enum Answer {

		/** It does not. */
		NO,

		/** It does, and so does any other of the trace. */
		BY_TRACE,

		/** It does by what it is itself. */
		BY_SPAN;

		static Answer byTrace(boolean holds) {
			return holds ? BY_TRACE : NO;
		}

	}

}
