package io.hindspan.analysis;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hindspan.store.Trace;

/**
 * Two traces beside one another: their trees aligned by service, kind and name. Siblings
 * of the same service, kind and name are one row, with their number. Immutable.
 *
 * @param rows the aligned tree, parents before their children, siblings by start
 */
public record TraceComparison(List<Row> rows) {

	/**
	 * Copies the list.
	 */
	public TraceComparison {
		rows = List.copyOf(rows);
	}

	/**
	 * Compares two traces.
	 * @param before the one to compare with
	 * @param after the one in question
	 * @return the comparison
	 */
	public static TraceComparison of(Trace before, Trace after) {
		return new TraceComparison(new Alignment(List.of(new TraceView(before)), new TraceView(after), true).rows());
	}

	/**
	 * Compares a trace with what is usual. What less than half of the usual traces have
	 * is not usual: it is new where the trace has it, and not told where it has not.
	 * Medians are those of the traces that have a row at all.
	 * @param usual other traces of the same route, at least one
	 * @param after the one in question
	 * @return the comparison, whose left side has medians
	 */
	public static TraceComparison withUsual(List<Trace> usual, Trace after) {
		List<TraceView> views = usual.stream().map(TraceView::new).toList();
		return new TraceComparison(new Alignment(views, new TraceView(after), false).rows());
	}

	/**
	 * Spans of the same service, kind and name at the same place of both trees.
	 *
	 * @param depth how deep in the tree, 0 for a root
	 * @param name the name of the spans
	 * @param service their service
	 * @param kind their kind
	 * @param before the spans of the trace to compare with, or {@code null} for none
	 * @param after the spans of the trace in question, or {@code null} for none
	 * @param change what became of them
	 */
	public record Row(int depth, String name, String service, String kind, @Nullable Side before, @Nullable Side after,
			Change change) {

	}

	/**
	 * One side of a row.
	 *
	 * @param count how many spans (their median where usual traces are compared)
	 * @param duration the sum of their durations, nanoseconds
	 * @param self the time not covered by children, nanoseconds
	 * @param errors how many of them failed
	 * @param spans their ids, at most 100; empty for usual traces
	 */
	public record Side(int count, long duration, long self, int errors, List<String> spans) {

	}

	/**
	 * What became of spans. Durations that differ by less than 5 ms or less than a
	 * quarter of the shorter one are about the same, and then so are numbers of spans
	 * that differ by less than a quarter of the smaller one.
	 */
	public enum Change {

		/** About as before. */
		SAME,

		/** Longer, or more of them. */
		GROWN,

		/** Shorter, or fewer of them. */
		SHRUNK,

		/** Not there before. */
		NEW,

		/** No longer there. */
		MISSING

	}

}
