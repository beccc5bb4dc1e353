package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds waits for connections of a pool that held the trace up.
 */
final class PoolWaits implements Detector {

	private static final long MIN = 10_000_000;

	private static final double MIN_SHARE = 0.05;

	private static final long LONG = 250_000_000;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<String>, List<SpanNode>> byPool = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			if (node.facts.isPoolWait() && (node.parent == null || !node.parent.facts.isPoolWait())) {
				byPool.computeIfAbsent(List.of(node.service(), pool(node)), (key) -> new ArrayList<>()).add(node);
			}
		}
		Sequence.longest(byPool.values()).forEach((waits) -> {
			long impact = view.critical(waits);
			boolean failed = waits.stream().anyMatch(SpanNode::failed);
			double share = TraceView.shareOfLane(impact, waits.get(0));
			if (failed || impact >= LONG || impact >= MIN && share >= MIN_SHARE) {
				report(view, findings, waits, impact);
			}
		});
	}

	private static String pool(SpanNode wait) {
		return Wording.orElse(wait.facts.text("db.client.connection.pool.name", "pool.name"), "");
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> waits, long impact) {
		String name = pool(waits.get(0));
		SpanNode longest = waits.get(0);
		int failed = 0;
		for (SpanNode wait : waits) {
			longest = (wait.duration() > longest.duration()) ? wait : longest;
			failed += wait.failed() ? 1 : 0;
		}
		String pool = name.isEmpty() ? "the pool of " + longest.service() : "pool " + name;
		long active = longest.facts.number("hindspan.db.pool.active");
		long waiting = longest.facts.number("hindspan.db.pool.waiting");
		long max = longest.facts.number("hindspan.db.pool.max");
		StringBuilder cause = new StringBuilder((waits.size() == 1)
				? "A connection was waited for " + Wording.time(longest.duration())
				: waits.size() + " connections were waited for, the longest " + Wording.time(longest.duration()));
		cause.append(", for ").append(view.caller(longest));
		if (failed > 0) {
			cause.append("; ").append(Wording.count(failed, "wait was in vain", "waits were in vain"));
		}
		if (active >= 0) {
			cause.append("; ")
				.append((active == 1) ? "one connection was" : active + " connections were")
				.append(" in use");
			cause.append((max >= 0) ? " of at most " + max : "");
			cause.append((waiting > 0) ? ", " + waiting + " more callers waited" : "");
		}
		cause.append('.');
		List<SpanNode> spans = new ArrayList<>(waits);
		spans.remove(longest);
		spans.add(0, longest);
		findings.add(Kind.POOL_WAIT, impact, spans, "Waited for a connection of " + pool, cause.toString(),
				action(longest, active, waiting, max));
	}

	private static String action(SpanNode wait, long active, long waiting, long max) {
		if (max > 0 && active >= 0 && active < max && waiting <= 0) {
			return "The pool was not exhausted: connecting itself takes long. Keep connections open with "
					+ "`spring.datasource.hikari.minimum-idle`, and look at the network to the database.";
		}
		String scope = wait.span.origin().scope();
		String property = "spring.datasource.hikari.maximum-pool-size";
		if (scope.contains("r2dbc")) {
			property = "spring.r2dbc.pool.max-size";
		}
		else if (scope.contains("neo4j")) {
			property = "spring.neo4j.pool.max-connection-pool-size";
		}
		return "Hold connections for less long: no calls of other services within a transaction, "
				+ "`spring.jpa.open-in-view=false`, faster statements. If the database can take more, raise `"
				+ property + "`" + ((max > 0) ? " (now " + max + ")." : ".");
	}

}
