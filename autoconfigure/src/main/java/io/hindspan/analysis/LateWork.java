package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds asynchronous work that ends long after the request that it belongs to.
 */
final class LateWork implements Detector {

	private static final long MIN = 1_000_000_000;

	@Override
	public void detect(TraceView view, Findings findings) {
		SpanNode root = view.main();
		boolean request = root.kind() != SpanKind.PRODUCER && root.kind() != SpanKind.CONSUMER;
		if (!view.hasTrueRoot() || !request) {
			return;
		}
		List<SpanNode> late = new ArrayList<>();
		List<Interval> times = new ArrayList<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (node.lane == node && node != root && node.isWithin(root) && !node.facts.isWaitingByDesign()
					&& node.end() - root.end() >= Math.max(MIN, root.duration() / 2)) {
				late.add(node);
				times.add(new Interval(Math.max(sent(node), root.end()), node.end()));
			}
		}
		if (late.isEmpty()) {
			return;
		}
		late.sort(Comparator.comparingLong(SpanNode::end).reversed());
		SpanNode last = late.get(0);
		SpanNode waited = last;
		SpanNode longest = last;
		for (SpanNode at = last; at != null && at != root; at = at.parent) {
			view.count(1);
			if (at.lane == at) {
				waited = (delay(at) > delay(waited)) ? at : waited;
				longest = (at.duration() > longest.duration()) ? at : longest;
			}
		}
		boolean queued = delay(waited) > longest.duration();
		findings.add(Kind.LATE_WORK, Interval.total(times), late,
				last.name() + " ended " + Wording.time(last.end() - root.end()) + " after " + root.name(),
				root.name() + " was over after " + Wording.time(root.duration()) + "; " + last.name() + " of "
						+ last.service() + " began " + Wording.time(Math.max(0, last.start() - root.start()))
						+ " after the request did and took " + Wording.time(last.duration())
						+ ((late.size() > 1) ? "; " + (late.size() - 1) + " more ended late." : "."),
				queued ? ((waited == last) ? "It" : waited.name()) + " waited " + Wording.time(delay(waited))
						+ " to begin: more consumers or threads (`concurrency` of the "
						+ "listener, `spring.task.execution.pool.core-size`) or fewer retries get it done earlier."
						: "If somebody waits for its outcome, look at what " + view.caller(longest)
								+ " does. If nobody does, all is well.");
	}

	private static long delay(SpanNode node) {
		return Math.max(0, node.start() - sent(node));
	}

	/**
	 * When what asked for the work had ended: from then on it could have begun.
	 */
	private static long sent(SpanNode node) {
		return (node.parent != null) ? Math.min(node.parent.end(), node.start()) : node.start();
	}

}
