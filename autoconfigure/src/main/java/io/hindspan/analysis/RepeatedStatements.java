package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds a statement that the same caller sends again and again, one after the other.
 */
final class RepeatedStatements implements Detector {

	private static final int MIN_COUNT = 5;

	private static final int MANY = 10;

	private static final double MIN_SHARE_OF_FEW = 0.1;

	private static final double MIN_SHARE = 0.01;

	private static final long LONG_PAUSE = 50_000_000;

	private static final Set<String> NOT_COUNTED = Set.of("", "COMMIT", "ROLLBACK", "BEGIN", "SET", "FETCH", "GETMORE",
			"PULL", "PING", "SAVEPOINT", "RELEASE", "SCAN", "HSCAN", "SSCAN", "ZSCAN", "BLPOP", "BRPOP", "XREAD",
			"XREADGROUP", "SUBSCRIBE", "PSUBSCRIBE", "EVAL", "EVALSHA", "EXEC", "PIPELINE", "MULTI", "AUTH", "HELLO",
			"PUBLISH", "XADD", "LPUSH", "RPUSH");

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> groups = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			Statement statement = node.statement;
			if (statement != null && isCounted(node, statement)) {
				SpanNode caller = view.outermost(node).parent;
				if (caller != null) {
					groups.computeIfAbsent(List.of(caller, statement.key()), (key) -> new ArrayList<>()).add(node);
				}
			}
		}
		Map<List<Object>, List<SpanNode>> merged = new LinkedHashMap<>();
		groups.forEach((key, spans) -> {
			SpanNode caller = (SpanNode) key.get(0);
			if (isRepeated(view, findings, spans, caller)) {
				List<Object> same = List.of(caller.service(), caller.name(), key.get(1));
				merged.computeIfAbsent(same, (any) -> new ArrayList<>()).addAll(spans);
			}
		});
		Sequence.longest(merged.values()).forEach((spans) -> report(view, findings, spans));
	}

	private static boolean isCounted(SpanNode node, Statement statement) {
		return !node.failed() && !NOT_COUNTED.contains(statement.operation())
				&& node.facts.number("db.operation.batch.size") <= 1 && !node.name().startsWith("BATCH");
	}

	private static boolean isRepeated(TraceView view, Findings findings, List<SpanNode> spans, SpanNode caller) {
		if (spans.size() < MIN_COUNT) {
			return false;
		}
		Statement statement = spans.get(0).statement;
		boolean many = spans.size() >= MANY;
		if (statement == null || !many && (!statement.isReading() || statement.text() == null) || isPaging(statement)
				|| spans.size() <= messages(caller)) {
			return false;
		}
		List<SpanNode> sequence = Sequence.oneAfterAnother(spans);
		if (sequence.size() < MIN_COUNT || sequence.size() < 0.8 * spans.size() || isPolling(sequence)
				|| areLoads(findings, spans)) {
			return false;
		}
		double share = TraceView.shareOfLane(view.critical(spans), spans.get(0));
		return share >= (many ? MIN_SHARE : MIN_SHARE_OF_FEW);
	}

	private static boolean isPaging(Statement statement) {
		String text = statement.upperText();
		if (text.contains("OFFSET ") || text.contains("SKIP LOCKED") || text.contains("\"SKIP\"")) {
			return true;
		}
		boolean limited = text.contains("LIMIT ") || text.contains("FETCH FIRST") || text.contains("FETCH NEXT")
				|| text.contains("SELECT TOP");
		return limited && text.contains("ORDER BY")
				&& (text.contains("> ") || text.contains("< ") || text.contains(">= ") || text.contains("<= "));
	}

	/**
	 * The number of messages in the batch that a caller handles, each of which may well
	 * need a statement.
	 */
	private static long messages(SpanNode caller) {
		SpanNode at = caller;
		for (int i = 0; at != null && i < 8; i++) {
			if (at.kind() == SpanKind.CONSUMER) {
				return Math.max(at.facts.number("messaging.batch.message_count"), at.span.links().size());
			}
			at = (at.kind() == SpanKind.INTERNAL) ? at.parent : null;
		}
		return 0;
	}

	private static boolean isPolling(List<SpanNode> sequence) {
		return Sequence.medianGap(sequence) > Math.max(LONG_PAUSE, 5 * Sequence.medianDuration(sequence));
	}

	private static boolean areLoads(Findings findings, List<SpanNode> spans) {
		int loads = 0;
		for (SpanNode span : spans) {
			loads += findings.explains(span, Kind.CACHE_MISSES) ? 1 : 0;
		}
		return loads >= 0.8 * spans.size();
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> spans) {
		SpanNode first = spans.get(0);
		Statement statement = first.statement;
		if (statement == null) {
			return;
		}
		String caller = view.origin(first);
		SpanNode outermost = view.outermost(first);
		String by = (outermost != first) ? " by " + outermost.label() : "";
		SpanNode before = before(outermost);
		long times = spans.stream().map((span) -> view.outermost(span).parent).distinct().count();
		findings.add(Kind.N_PLUS_ONE, view.critical(spans), spans,
				statement.summary() + " " + spans.size() + " times, one after the other",
				statement.quoted() + " ran " + spans.size() + " times, one after the other, for " + caller + by
						+ ((times > 1) ? " (" + times + " calls of it)" : "") + ": "
						+ Wording.time(Sequence.totalDuration(spans)) + " together, "
						+ Wording.time(Sequence.medianDuration(spans)) + " each"
						+ ((before != null) ? ". Before them came " + before.label() + "." : "."),
				action(statement, caller));
	}

	private static @Nullable SpanNode before(SpanNode first) {
		SpanNode before = null;
		if (first.parent != null) {
			for (SpanNode sibling : first.parent.children) {
				if (sibling == first) {
					break;
				}
				before = sibling.facts.isPoolWait() ? before : sibling;
			}
		}
		return before;
	}

	private static String action(Statement statement, String caller) {
		if (!statement.sql()) {
			return statement.system().equals("redis")
					? "In " + caller + ", ask for all of them at once: `MGET`, a pipeline, or a hash."
					: "In " + caller + ", ask for all of them at once, such as with `$in`.";
		}
		if (!statement.isReading()) {
			return "In " + caller + ", send them as a batch: `JdbcTemplate.batchUpdate`, or "
					+ "`spring.jpa.properties.hibernate.jdbc.batch_size` with `hibernate.order_inserts`.";
		}
		return "In " + caller
				+ ", read them with one statement: a `JOIN FETCH` or `@EntityGraph`, `WHERE … IN (…)`, or "
				+ "`spring.jpa.properties.hibernate.default_batch_fetch_size`.";
	}

}
