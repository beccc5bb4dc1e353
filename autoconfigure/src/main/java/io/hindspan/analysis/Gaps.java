package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.CriticalPath.Part;
import io.hindspan.analysis.Finding.Kind;
import io.hindspan.store.SpanRecord;

/**
 * Finds long times in which a span was waited for and nothing beneath it, nor anything
 * else in the trace, was at work.
 */
final class Gaps implements Detector {

	private static final long MIN = 100_000_000;

	/** In asynchronous methods, which nobody waits for. */
	private static final long MIN_IN_BACKGROUND = 500_000_000;

	private static final double MIN_SHARE = 0.2;

	private static final long MIN_PIECE = 50_000_000;

	private static final int MAX_CANDIDATES = 10;

	private static final int MAX_PIECES = 20;

	private static final int TELLING = 3;

	private static final long NEAR = 1_000_000;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<SpanNode, List<Interval>> own = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			if (node.lane == node) {
				for (Part part : view.criticalPath().ofLane(node)) {
					view.count(1);
					if (part.end() - part.start() >= MIN_PIECE && isCandidate(part.node())) {
						own.computeIfAbsent(part.node(), (key) -> new ArrayList<>())
							.add(new Interval(part.start(), part.end()));
					}
				}
			}
		}
		List<SpanNode> candidates = new ArrayList<>(own.keySet());
		candidates.removeIf((node) -> !isLong(Interval.total(own.getOrDefault(node, List.of())), node));
		candidates.sort(Comparator.comparingLong((SpanNode node) -> node.self).reversed());
		for (SpanNode node : candidates.subList(0, Math.min(MAX_CANDIDATES, candidates.size()))) {
			List<Interval> unexplained = unexplained(view, findings, node, own.getOrDefault(node, List.of()));
			long total = Interval.total(unexplained);
			if (isLong(total, node)) {
				report(view, findings, node, unexplained, total);
			}
		}
	}

	private static boolean isLong(long time, SpanNode node) {
		boolean background = node.lane.parent != null && node.lane.kind() == SpanKind.INTERNAL;
		return time >= (background ? MIN_IN_BACKGROUND : MIN) && TraceView.shareOfLane(time, node) >= MIN_SHARE;
	}

	private static boolean isCandidate(SpanNode node) {
		boolean works = node.kind() == SpanKind.INTERNAL || node.kind() == SpanKind.SERVER
				|| node.kind() == SpanKind.CONSUMER;
		return works && !node.facts.isPoolWait() && !node.facts.isCacheOperation() && !node.facts.isDatabase()
				&& !node.facts.isReceive() && !node.facts.isWaitingByDesign();
	}

	private static List<Interval> unexplained(TraceView view, Findings findings, SpanNode node, List<Interval> gaps) {
		List<Interval> others = new ArrayList<>(findings.explainedTimes());
		for (SpanNode other : view.nodes()) {
			view.count(1);
			if (!node.isWithin(other) && other.duration() > 0) {
				others.add(other.interval());
			}
		}
		List<Interval> merged = Interval.merged(others);
		List<Interval> pieces = new ArrayList<>();
		List<Interval> free = Interval.difference(Interval.merged(gaps), merged);
		free.sort(Comparator.comparingLong(Interval::length).reversed());
		for (Interval gap : free.subList(0, Math.min(MAX_PIECES, free.size()))) {
			view.count(node.span.events().size());
			pieces.addAll(betweenEvents(node, gap));
		}
		return pieces;
	}

	/**
	 * The pieces of a time that no event of the span explains.
	 */
	private static List<Interval> betweenEvents(SpanNode node, Interval time) {
		List<Long> moments = new ArrayList<>();
		for (SpanRecord.Event event : node.span.events()) {
			long moment = event.time() + node.shift;
			if (moment >= time.start() - NEAR && moment <= time.end()) {
				if (Words.tellOfWaiting(event.name())) {
					return List.of();
				}
				if (!event.name().equals("exception")) {
					moments.add(moment);
				}
			}
		}
		if (moments.size() >= TELLING) {
			return List.of();
		}
		moments.sort(null);
		moments.add(time.end());
		List<Interval> pieces = new ArrayList<>();
		long from = time.start();
		for (long moment : moments) {
			if (moment - from >= MIN_PIECE) {
				pieces.add(new Interval(from, moment));
			}
			from = Math.max(from, moment);
		}
		return pieces;
	}

	private static void report(TraceView view, Findings findings, SpanNode node, List<Interval> gaps, long total) {
		Interval longest = gaps.get(0);
		for (Interval gap : gaps) {
			longest = (gap.length() > longest.length()) ? gap : longest;
		}
		SpanNode before = null;
		SpanNode after = null;
		for (SpanNode child : node.children) {
			if (child.end() <= longest.start() + NEAR && (before == null || child.end() > before.end())) {
				before = child;
			}
			if (child.start() >= longest.end() - NEAR && (after == null || child.start() < after.start())) {
				after = child;
			}
		}
		String code = view.caller(node);
		findings.add(Kind.GAP, total, List.of(node),
				Wording.time(total) + " in " + node.name() + " that no span explains",
				"For " + Wording.time(longest.length()) + ", " + where(before, after) + ", " + node.name() + " of "
						+ node.service() + " ran and nothing beneath it did"
						+ ((gaps.size() > 1) ? "; " + Wording.time(total) + " in " + gaps.size() + " such times."
								: "."),
				"Look at what " + code + " does " + where(before, after)
						+ ": computing, a lock, a pause of the garbage collector, or a call of something that makes no spans. "
						+ "`@Observed` on the methods in question shows which.");
	}

	private static String where(@Nullable SpanNode before, @Nullable SpanNode after) {
		if (before == null && after == null) {
			return "from its beginning to its end";
		}
		if (before == null) {
			return "before " + after.label();
		}
		return (after == null) ? "after " + before.label() : "between " + before.label() + " and " + after.label();
	}

}
