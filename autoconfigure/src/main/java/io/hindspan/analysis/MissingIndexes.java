package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds statements that read far more than they return: by the numbers of rows or the
 * plan where attributes tell them, else by taking long to find few rows.
 */
final class MissingIndexes implements Detector {

	private static final long MIN_READ = 1_000;

	private static final long MIN_RATIO = 100;

	private static final long MIN = 20_000_000;

	private static final double MIN_SHARE = 0.05;

	private static final long MIN_WITHOUT_FIGURES = 200_000_000;

	private static final double MIN_SHARE_WITHOUT_FIGURES = 0.1;

	private static final long FEW_ROWS = 10;

	private static final int LONGEST_TEXT = 2_000;

	private static final Pattern CONDITION = Pattern.compile(
			"([a-z_][a-z0-9_]{0,63})[\"`\\]]?\\s{0,4}(?:=|<=|>=|<|>|\\blike\\b|\\bilike\\b|\\bin\\b|\\bbetween\\b)",
			Pattern.CASE_INSENSITIVE);

	private static final List<String> FULL_SCANS = List.of("SEQ SCAN", "COLLSCAN", "TABLE ACCESS FULL",
			"FULL TABLE SCAN", "TABLESCAN", "TABLE SCAN", "ALLNODESSCAN", "\"ACCESS_TYPE\": \"ALL\"", "TYPE: ALL");

	private static final List<String> READS_MUCH_BY_NATURE = List.of("COUNT(", "SUM(", "AVG(", "MIN(", "MAX(",
			"GROUP BY", "DISTINCT", "FOR UPDATE", "FOR SHARE", "SLEEP", "OVER (", "STRING_AGG(", "ARRAY_AGG(",
			"PERCENTILE", "WAITFOR", "ADVISORY_LOCK", "GET_LOCK", "RECURSIVE", "COUNT (", "SUM (", " UNION ",
			"EXISTS (", "NEXTVAL");

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> byStatement = new LinkedHashMap<>();
		Map<SpanNode, String> reasons = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			if (!node.facts.isDatabase()) {
				continue;
			}
			Statement statement = node.statement;
			String reason = (statement != null && !node.failed()) ? reason(node, statement) : null;
			if (reason != null) {
				List<Object> key = List.of(node.service(), statement.key());
				byStatement.computeIfAbsent(key, (any) -> new ArrayList<>()).add(node);
				reasons.put(node, reason);
			}
		}
		Sequence.longest(byStatement.values()).forEach((spans) -> {
			long impact = view.critical(spans);
			if (impact >= MIN && TraceView.shareOfLane(impact, spans.get(0)) >= MIN_SHARE) {
				report(view, findings, spans, impact, reasons.getOrDefault(spans.get(0), ""));
			}
		});
	}

	private static @Nullable String reason(SpanNode node, Statement statement) {
		long returned = node.facts.number("db.response.returned_rows", "db.rows_returned", "db.row_count",
				"jdbc.row-count", "hindspan.db.affected_rows", "db.mongodb.n_returned");
		long read = node.facts.number("db.response.rows_examined", "db.rows_examined", "db.rows_read",
				"db.response.rows_read", "db.mysql.rows_examined", "db.mongodb.docs_examined", "db.docs_examined");
		if (read >= 0 && returned >= 0) {
			return (read >= MIN_READ && read >= MIN_RATIO * Math.max(1, returned) && !isOfAllRows(statement))
					? "read " + read + " rows to find " + returned : null;
		}
		String plan = node.facts.text("db.query.plan", "db.statement.plan", "db.plan", "db.postgresql.plan",
				"db.mongodb.plan_summary", "db.query.plan_summary");
		if (plan != null) {
			String upper = plan.toUpperCase(Locale.ROOT);
			return (FULL_SCANS.stream().anyMatch(upper::contains) && !isOfAllRows(statement) && isSelective(statement))
					? "was answered by reading the whole table, as its plan says" : null;
		}
		boolean slow = node.duration() >= MIN_WITHOUT_FIGURES
				&& TraceView.shareOfLane(node.duration(), node) >= MIN_SHARE_WITHOUT_FIGURES;
		return (slow && returned >= 0 && returned <= FEW_ROWS && statement.operation().equals("SELECT")
				&& !isOfAllRows(statement) && isSelective(statement) && !columns(statement).isEmpty())
						? "took long to find " + Wording.count((int) returned, "row", "rows") : null;
	}

	/**
	 * Whether the statement has to read much, whatever indexes there are.
	 */
	private static boolean isOfAllRows(Statement statement) {
		String text = statement.upperText();
		return READS_MUCH_BY_NATURE.stream().anyMatch(text::contains);
	}

	private static boolean isSelective(Statement statement) {
		return !statement.sql() || statement.upperText().contains("WHERE ");
	}

	/**
	 * The columns that the condition asks for, unless it asks for a row by its id.
	 */
	private static Set<String> columns(Statement statement) {
		String text = (statement.text() != null) ? statement.text() : "";
		int where = text.toUpperCase(Locale.ROOT).lastIndexOf("WHERE ");
		if (where < 0) {
			return Set.of();
		}
		Set<String> columns = new LinkedHashSet<>();
		Matcher matcher = CONDITION.matcher(text.substring(where + 6, Math.min(text.length(), where + LONGEST_TEXT)));
		while (matcher.find() && columns.size() < 4) {
			String column = matcher.group(1).toLowerCase(Locale.ROOT);
			if (column.equals("id") || column.equals("uuid")) {
				return Set.of();
			}
			columns.add(column);
		}
		return columns;
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> spans, long impact, String reason) {
		SpanNode first = spans.get(0);
		Statement statement = first.statement;
		if (statement == null) {
			return;
		}
		String table = Wording.orElse(statement.table(), "its table");
		Set<String> columns = columns(statement);
		String index = columns.isEmpty() ? "an index for its condition"
				: "an index on `" + table + " (" + String.join(", ", columns) + ")`";
		findings.add(Kind.MISSING_INDEX, impact, spans, "An index may be missing for " + statement.summary(),
				statement.quoted() + " " + reason + ", in " + Wording.time(first.duration())
						+ ((spans.size() > 1) ? ", as did " + (spans.size() - 1) + " more" : "") + ", for "
						+ view.caller(first) + ".",
				"See with `EXPLAIN` whether the whole of " + table + " is read; if so, try " + index
						+ ". If not, it waited for a lock or the disk.");
	}

}
