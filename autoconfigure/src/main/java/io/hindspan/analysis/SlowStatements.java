package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds statements that took long and held the trace up. Such that an index seems to be
 * missing for are found by {@link MissingIndexes}.
 */
final class SlowStatements implements Detector {

	private static final long MIN = 100_000_000;

	private static final double MIN_SHARE = 0.1;

	private static final long LONG = 500_000_000;

	private static final double MIN_SHARE_OF_LONG = 0.03;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> byStatement = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			Statement statement = node.statement;
			if (statement != null && node.duration() >= MIN && !node.facts.isWaitingByDesign() && !isBlocking(statement)
					&& !findings.explains(node, Kind.N_PLUS_ONE) && !findings.explains(node, Kind.MISSING_INDEX)
					&& !findings.explains(node, Kind.RETRY_STORM)) {
				byStatement.computeIfAbsent(List.of(node.service(), statement.key()), (key) -> new ArrayList<>())
					.add(node);
			}
		}
		for (List<SpanNode> spans : Sequence.longest(byStatement.values())) {
			long impact = view.critical(spans);
			double share = TraceView.shareOfLane(impact, spans.get(0));
			if (impact >= MIN && share >= MIN_SHARE || impact >= LONG && share >= MIN_SHARE_OF_LONG) {
				report(view, findings, spans, impact);
			}
		}
	}

	private static boolean isBlocking(Statement statement) {
		return statement.system().equals("redis") && (statement.operation().startsWith("BL")
				|| statement.operation().startsWith("BR") || statement.operation().startsWith("BZ")
				|| statement.operation().startsWith("XREAD") || statement.operation().endsWith("SUBSCRIBE"));
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> spans, long impact) {
		spans.sort(Comparator.comparingLong(SpanNode::duration).reversed());
		SpanNode longest = spans.get(0);
		Statement statement = longest.statement;
		if (statement == null) {
			return;
		}
		long rows = longest.facts.number("db.response.returned_rows", "db.row_count", "jdbc.row-count");
		long batch = longest.facts.number("db.operation.batch.size");
		String times = (spans.size() == 1) ? " took " + Wording.time(longest.duration())
				: " took " + Wording.time(longest.duration()) + " at the longest of " + spans.size() + " times";
		findings.add(Kind.SLOW_STATEMENT, impact, spans, statement.summary() + times,
				statement.quoted() + times + ", for " + view.caller(longest)
						+ ((rows >= 0) ? ", and returned "
								+ Wording.count((int) Math.min(rows, Integer.MAX_VALUE), "row", "rows") : "")
						+ ((batch > 1) ? ", with " + batch + " sets of values" : "")
						+ (longest.failed() ? ", and failed." : "."),
				action(statement, rows));
	}

	private static String action(Statement statement, long rows) {
		if (!statement.sql()) {
			return "Look at what the database was busy with then, and at the size of what the command touches.";
		}
		if (statement.isReading() && rows >= 1000) {
			return "Read fewer rows: a page at a time (`Pageable`, `LIMIT`), or let the database add up what is added up here.";
		}
		return statement.isReading()
				? "Look at its plan (`EXPLAIN (ANALYZE, BUFFERS)`) for scans of whole tables, and at locks that it waited for."
				: "Look at locks that it waited for, at triggers and indexes of the table, and at the length of the transaction.";
	}

}
