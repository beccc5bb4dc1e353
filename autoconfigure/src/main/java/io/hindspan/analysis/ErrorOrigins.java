package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;

/**
 * Follows each failure down to the span that it began at, and up to the one that handled
 * it.
 */
final class ErrorOrigins implements Detector {

	private static final int LONGEST_CHAIN = 6;

	private static final int MAX_ORIGINS = 20;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<Chain>> byOrigin = new LinkedHashMap<>();
		Map<String, Integer> expected = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			String category = category(node);
			if (category != null && (node.parent == null || category(node.parent) == null)) {
				expected.merge(category, 1, Integer::sum);
			}
			if (!node.failed() || !isTop(node)) {
				continue;
			}
			Chain chain = chain(view, node);
			if (!isExpected(chain) && (chain.spans.size() > 1 || isEntry(node))) {
				SpanNode origin = chain.origin();
				List<Object> key = new ArrayList<>(List.of(origin.service(), origin.name()));
				key.add(origin.facts.errorType());
				byOrigin.computeIfAbsent(key, (any) -> new ArrayList<>()).add(chain);
			}
		}
		List<List<Chain>> reported = new ArrayList<>(byOrigin.values());
		for (List<Chain> chains : reported.subList(0, Math.min(MAX_ORIGINS, reported.size()))) {
			report(view, findings, chains, expected);
		}
	}

	private static boolean isTop(SpanNode node) {
		return node.parent == null || !node.parent.failed() || node.lane == node;
	}

	private static boolean isEntry(SpanNode node) {
		return node.lane == node || node.kind() == SpanKind.SERVER || node.kind() == SpanKind.CONSUMER;
	}

	private static Chain chain(TraceView view, SpanNode top) {
		List<SpanNode> spans = new ArrayList<>();
		for (SpanNode at = top; at != null; at = cause(view, at)) {
			spans.add(at);
		}
		return new Chain(spans);
	}

	/**
	 * The child that a span failed of: one whose error was not expected, one with the
	 * same error, the last that failed.
	 */
	private static @Nullable SpanNode cause(TraceView view, SpanNode node) {
		SpanNode cause = null;
		int rank = 0;
		for (SpanNode child : node.children) {
			view.count(1);
			if (child.failed() && child.lane == node.lane) {
				String error = child.facts.errorType();
				int rankOfChild = ((category(child) == null) ? 2 : 0)
						+ ((error != null && error.equals(node.facts.errorType())) ? 1 : 0);
				if (cause == null || rankOfChild > rank || rankOfChild == rank && child.end() >= cause.end()) {
					cause = child;
					rank = rankOfChild;
				}
			}
		}
		return cause;
	}

	private static @Nullable String category(SpanNode node) {
		return node.facts.text("hindspan.error.category");
	}

	private static boolean isExpected(Chain chain) {
		for (SpanNode node : chain.spans) {
			if (category(node) != null) {
				return true;
			}
		}
		return false;
	}

	private static void report(TraceView view, Findings findings, List<Chain> chains, Map<String, Integer> expected) {
		Chain first = chains.get(0);
		SpanNode origin = first.origin();
		SpanNode top = first.top();
		String what = what(origin);
		StringBuilder cause = new StringBuilder(
				origin.label() + " of " + origin.service() + " failed first" + what + message(origin));
		if (chains.size() > 1) {
			cause.append(", ").append(chains.size()).append(" times");
		}
		cause.append(". ");
		if (first.spans.size() > 1) {
			cause.append("It spread to ").append(way(first)).append(". ");
		}
		cause.append(outcome(top));
		if (!expected.isEmpty()) {
			StringJoiner others = new StringJoiner(", ");
			expected.forEach((category, count) -> others.add(count + " " + category));
			cause.append(" Expected errors besides: ").append(others).append('.');
		}
		List<SpanNode> spans = new ArrayList<>();
		List<SpanNode> tops = new ArrayList<>();
		for (Chain chain : chains) {
			spans.add(chain.origin());
			tops.add(chain.top());
		}
		for (int i = first.spans.size() - 2; i >= 0; i--) {
			spans.add(first.spans.get(i));
		}
		findings.add(Kind.ERROR_ORIGIN, view.critical(tops), spans, "Error began at " + origin.label() + what,
				cause.toString(), action(view, first));
	}

	private static String what(SpanNode origin) {
		String type = origin.facts.errorType();
		long status = origin.facts.status();
		if (type != null) {
			return ": " + type;
		}
		return (status > 0) ? ": status " + status : "";
	}

	private static String message(SpanNode origin) {
		String message = StackTraces.message(origin.span);
		return message.isEmpty() ? "" : " (" + Wording.cut(message) + ")";
	}

	private static String way(Chain chain) {
		StringJoiner way = new StringJoiner(", ");
		int last = chain.spans.size() - 2;
		for (int i = last; i >= 0; i--) {
			if (i > 0 && last - i >= LONGEST_CHAIN) {
				way.add("… (" + i + " more)");
				i = 1;
				continue;
			}
			SpanNode node = chain.spans.get(i);
			boolean hop = !node.service().equals(chain.spans.get(i + 1).service());
			way.add(hop ? node.name() + " of " + node.service() : node.name());
		}
		return way.toString();
	}

	private static String outcome(SpanNode top) {
		SpanNode handler = top.parent;
		if (handler == null || top.lane == top) {
			return "Nobody handled it: " + top.name() + " failed as a whole.";
		}
		return handler.name() + " of " + handler.service() + " handled it and did not fail.";
	}

	private static String action(TraceView view, Chain chain) {
		SpanNode origin = chain.origin();
		for (int i = chain.spans.size() - 1; i >= 0; i--) {
			String frame = StackTraces.applicationFrame(chain.spans.get(i).span);
			if (frame != null) {
				return "Begin at " + frame + ".";
			}
		}
		String target = origin.facts.target();
		String where = "Begin at " + view.caller(origin);
		if (origin.facts.isDatabase()) {
			Statement statement = origin.statement;
			return where + ", which runs " + ((statement != null) ? statement.quoted() : origin.name()) + ".";
		}
		if (origin.kind() == SpanKind.CLIENT && target != null) {
			return where + ", which calls " + target + ": see why it answers so, and decide what the caller does then.";
		}
		return where + " in " + origin.service() + ".";
	}

	/**
	 * Failed spans, each the parent of the next.
	 *
	 * @param spans from the topmost to where it began
	 */
	private record Chain(List<SpanNode> spans) {

		SpanNode top() {
			return this.spans.get(0);
		}

		SpanNode origin() {
			return this.spans.get(this.spans.size() - 1);
		}

	}

}
