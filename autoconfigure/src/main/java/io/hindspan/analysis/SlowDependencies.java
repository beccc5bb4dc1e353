package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.store.SpanRecord;

/**
 * Finds calls of other services that held the trace up and that no span of the other
 * service explains.
 */
final class SlowDependencies implements Detector {

	private static final long MIN = 200_000_000;

	private static final double MIN_SHARE = 0.2;

	private static final long LONG = 1_000_000_000;

	private static final double MIN_SHARE_OF_LONG = 0.1;

	private static final long MIN_SINGLE = 100_000_000;

	private static final int STREAMED = 3;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> byTarget = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (isCandidate(node) && !findings.explains(node, Kind.RETRY_STORM)) {
				List<Object> key = new ArrayList<>(List.of(node.service(), node.name(), node.callee() != null));
				key.add(node.facts.target());
				byTarget.computeIfAbsent(key, (any) -> new ArrayList<>()).add(node);
			}
		}
		for (List<SpanNode> calls : Sequence.longest(byTarget.values())) {
			long impact = impact(view, calls);
			double share = TraceView.shareOfLane(impact, calls.get(0));
			if (impact >= MIN && share >= MIN_SHARE || impact >= LONG && share >= MIN_SHARE_OF_LONG) {
				calls.sort(Comparator.comparingLong(SpanNode::duration).reversed());
				report(view, findings, calls, impact);
			}
		}
	}

	private static boolean isCandidate(SpanNode node) {
		boolean call = node.facts.isRemoteCall() || node.kind() == SpanKind.PRODUCER;
		return call && !node.failed() && unexplained(node) >= MIN_SINGLE && !node.facts.isWaitingByDesign()
				&& !isStreamed(node);
	}

	/**
	 * The time of a call that its callee did not have.
	 */
	private static long unexplained(SpanNode node) {
		SpanNode callee = callee(node);
		return (callee != null) ? node.duration() - callee.duration() : node.self;
	}

	private static @Nullable SpanNode callee(SpanNode node) {
		return (node.kind() == SpanKind.PRODUCER) ? null : node.callee();
	}

	private static boolean isStreamed(SpanNode node) {
		int messages = 0;
		for (SpanRecord.Event event : node.span.events()) {
			messages += (event.name().equals("message") || event.name().startsWith("rpc.message")) ? 1 : 0;
		}
		return messages >= STREAMED;
	}

	private static long impact(TraceView view, List<SpanNode> calls) {
		List<Interval> waited = view.criticalIntervals(calls);
		List<SpanNode> explained = new ArrayList<>();
		for (SpanNode call : calls) {
			for (SpanNode child : call.children) {
				if (child.lane == call.lane) {
					explained.add(child);
				}
			}
		}
		long others = explained.isEmpty() ? 0 : view.critical(explained);
		return Interval.total(waited) - others;
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> calls, long impact) {
		SpanNode longest = calls.get(0);
		SpanNode callee = callee(longest);
		String label = longest.label();
		String target = Wording.orElse(longest.facts.target(), longest.name());
		String caller = view.caller(longest);
		String times = (calls.size() > 1) ? " at the longest of " + calls.size() + " times" : "";
		if (callee != null) {
			findings.add(Kind.SLOW_DEPENDENCY, impact, calls,
					label + " took " + Wording.time(longest.duration()) + ", " + Wording.time(callee.duration())
							+ " of it in " + callee.service(),
					label + " took " + Wording.time(longest.duration()) + times + " for " + caller + ", but "
							+ callee.service() + " was at work for " + Wording.time(callee.duration())
							+ " only: the rest is on the way, in queues or in connecting.",
					"Look at the connection pool of the client in " + caller
							+ ", at TLS and DNS, at proxies in between, and at the threads of " + callee.service()
							+ " (`server.tomcat.threads.max`).");
			return;
		}
		String remedy = (longest.kind() == SpanKind.PRODUCER)
				? "See what the broker was busy with, and what it has to acknowledge (`acks`, publisher confirms). The first "
						+ "message to a destination also waits for a connection and for what the client must know of it."
				: "See what " + target + " was busy with, and trace it, too. In " + caller
						+ ", set a timeout (`spring.http.clients.read-timeout`), keep answers that may be old (`@Cacheable`), "
						+ "or call it while something else is done.";
		findings.add(Kind.SLOW_DEPENDENCY, impact, calls, label + " took " + Wording.time(longest.duration()),
				label + " took " + Wording.time(longest.duration()) + times + " for " + caller + ". " + target
						+ " sends no spans that tell why.",
				remedy);
	}

}
