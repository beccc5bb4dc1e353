package io.hindspan.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * A trace as the detectors read it: a tree whatever its spans say of their parents, times
 * by one clock, and who waited for whom. All of it is computed once, in a time that grows
 * little faster than the number of spans, and without recursion.
 */
final class TraceView {

	private static final Comparator<SpanNode> BY_PLACE = Comparator.comparingInt((node) -> node.place);

	/** What a child may outlast the span that waits for it, since ends are noted late. */
	private static final long TOLERANCE = 1_000_000;

	private static final int MAX_CLIMB = 64;

	private final Trace trace;

	private final List<SpanNode> nodes;

	private final List<SpanNode> roots = new ArrayList<>();

	private final SpanNode main;

	private final CriticalPath criticalPath;

	private long work;

	TraceView(Trace trace) {
		this.trace = trace;
		Statements statements = new Statements();
		List<SpanNode> all = new ArrayList<>(trace.spans().size());
		Map<String, SpanNode> byId = new HashMap<>(trace.spans().size() * 2);
		for (SpanRecord span : trace.spans()) {
			SpanNode node = new SpanNode(span);
			node.statement = node.facts.isDatabase() ? statements.of(span, node.facts) : null;
			all.add(node);
			byId.putIfAbsent(span.spanId(), node);
		}
		for (SpanNode node : all) {
			String parentId = node.span.parentId();
			SpanNode parent = (parentId != null) ? byId.get(parentId) : null;
			node.parent = (parent != node) ? parent : null;
		}
		cutCycles(all);
		for (SpanNode node : all) {
			if (node.parent != null) {
				node.parent.children.add(node);
			}
			else {
				this.roots.add(node);
			}
		}
		this.nodes = parentsFirst();
		for (SpanNode node : this.nodes) {
			place(node);
		}
		for (SpanNode node : this.nodes) {
			findWaiter(node);
			node.self = selfTime(node);
		}
		this.main = main(all);
		this.criticalPath = new CriticalPath(this);
	}

	/**
	 * A span that is among its own ancestors becomes a root.
	 */
	private void cutCycles(List<SpanNode> all) {
		Set<SpanNode> fine = new HashSet<>(all.size() * 2);
		for (SpanNode node : all) {
			Set<SpanNode> path = new HashSet<>();
			SpanNode at = node;
			while (at != null && !fine.contains(at)) {
				this.work++;
				if (!path.add(at)) {
					at.parent = null;
					break;
				}
				at = at.parent;
			}
			fine.addAll(path);
		}
	}

	private List<SpanNode> parentsFirst() {
		List<SpanNode> ordered = new ArrayList<>();
		Deque<SpanNode> open = new ArrayDeque<>();
		for (int i = this.roots.size() - 1; i >= 0; i--) {
			open.push(this.roots.get(i));
		}
		while (!open.isEmpty()) {
			SpanNode node = open.pop();
			this.work++;
			node.place = ordered.size();
			node.placeAfter = node.place + 1;
			node.depth = (node.parent != null) ? node.parent.depth + 1 : 0;
			ordered.add(node);
			for (int i = node.children.size() - 1; i >= 0; i--) {
				open.push(node.children.get(i));
			}
		}
		for (int i = ordered.size() - 1; i >= 0; i--) {
			SpanNode node = ordered.get(i);
			if (node.parent != null) {
				node.parent.placeAfter = Math.max(node.parent.placeAfter, node.placeAfter);
			}
		}
		return ordered;
	}

	/**
	 * Moves a span of another clock to where its parent's clock would have it.
	 */
	private void place(SpanNode node) {
		SpanNode parent = node.parent;
		if (parent == null) {
			return;
		}
		node.shift = parent.shift;
		if (!node.isElsewhereThan(parent)) {
			return;
		}
		if (node.kind() == SpanKind.CONSUMER || parent.kind() == SpanKind.PRODUCER) {
			node.shift += Math.max(0, parent.start() - node.start());
		}
		else if (node.duration() <= parent.duration()) {
			long early = parent.start() - node.start();
			long late = node.end() - parent.end();
			if (early > 0 || late > TOLERANCE) {
				node.shift += (early - late) / 2;
			}
		}
		else {
			node.shift += Math.max(0, parent.start() - node.start());
		}
		node.shift = SpanNode.bounded(node.shift);
	}

	private void findWaiter(SpanNode node) {
		SpanNode candidate = node.parent;
		if (candidate == null || node.kind() == SpanKind.CONSUMER && candidate.kind() == SpanKind.PRODUCER) {
			return;
		}
		if (node.kind() == SpanKind.SERVER && candidate.kind() == SpanKind.CLIENT) {
			waitFor(candidate, node);
			return;
		}
		for (int i = 0; candidate != null && i < MAX_CLIMB; i++) {
			this.work++;
			if (node.start() <= candidate.end() && node.end() <= candidate.end() + TOLERANCE) {
				waitFor(candidate, node);
				return;
			}
			candidate = candidate.waiter;
		}
	}

	private static void waitFor(SpanNode waiter, SpanNode node) {
		node.waiter = waiter;
		node.lane = waiter.lane;
		waiter.awaited.add(node);
	}

	private long selfTime(SpanNode node) {
		if (node.children.isEmpty()) {
			return node.duration();
		}
		List<Interval> covered = new ArrayList<>(node.children.size());
		for (SpanNode child : node.children) {
			this.work++;
			covered.add(child.interval());
		}
		long self = 0;
		for (Interval free : Interval.difference(List.of(node.interval()), Interval.merged(covered))) {
			self += free.length();
		}
		return self;
	}

	private SpanNode main(List<SpanNode> all) {
		SpanRecord root = this.trace.root();
		for (SpanNode node : this.roots) {
			if (node.span == root) {
				return node;
			}
		}
		return this.roots.isEmpty() ? all.get(0) : this.roots.get(0);
	}

	/**
	 * All spans, parents before their children, siblings by start.
	 */
	List<SpanNode> nodes() {
		return this.nodes;
	}

	/**
	 * The spans without a known parent, by start.
	 */
	List<SpanNode> roots() {
		return this.roots;
	}

	/**
	 * The root that names the trace.
	 */
	SpanNode main() {
		return this.main;
	}

	/**
	 * Whether the root that names the trace is the first of all, and not one whose parent
	 * is missing.
	 */
	boolean hasTrueRoot() {
		return this.main.span.parentId() == null;
	}

	CriticalPath criticalPath() {
		return this.criticalPath;
	}

	long duration() {
		return Math.max(1, this.trace.duration());
	}

	/**
	 * The share of what was waited for: of the request, or of the asynchronous work that
	 * a span belongs to.
	 */
	static double shareOfLane(long time, SpanNode node) {
		return Math.min(1, (double) time / Math.max(1, node.lane.duration()));
	}

	/**
	 * How long the spans with all beneath them held up what they belong to, each moment
	 * counted once.
	 */
	long critical(Collection<SpanNode> spans) {
		return Interval.total(criticalIntervals(spans));
	}

	List<Interval> criticalIntervals(Collection<SpanNode> spans) {
		List<SpanNode> sorted = new ArrayList<>(spans);
		sorted.sort(BY_PLACE);
		List<Interval> intervals = new ArrayList<>();
		int after = -1;
		for (SpanNode node : sorted) {
			this.work++;
			if (node.place >= after) {
				this.criticalPath.collect(node, intervals);
				after = node.placeAfter;
			}
		}
		this.work += intervals.size();
		return intervals;
	}

	/**
	 * How long a span with all beneath it held up what it belongs to.
	 */
	long critical(SpanNode node) {
		return critical(List.of(node));
	}

	/**
	 * The outermost of the spans that do nothing but this one: methods around it, such as
	 * those of a repository or a client.
	 */
	SpanNode outermost(SpanNode node) {
		SpanNode outermost = node;
		for (int i = 0; i < MAX_CLIMB; i++) {
			SpanNode parent = outermost.parent;
			this.work++;
			if (parent == null || parent.kind() != SpanKind.INTERNAL || !parent.service().equals(node.service())
					|| parent.duration() > 4 * outermost.duration() || !isOnlyWork(outermost, parent)) {
				return outermost;
			}
			outermost = parent;
		}
		return outermost;
	}

	private boolean isOnlyWork(SpanNode node, SpanNode parent) {
		if (parent.children.size() > 3) {
			return false;
		}
		for (SpanNode child : parent.children) {
			if (child != node && !child.facts.isPoolWait()) {
				return false;
			}
		}
		return true;
	}

	/**
	 * The method of the application that is nearest above a span or the span itself.
	 * @return its name as the code has it, or the name of the nearest span of the
	 * application's
	 */
	String caller(SpanNode node) {
		SpanNode at = node;
		SpanNode named = null;
		for (int i = 0; at != null && i < MAX_CLIMB && at.service().equals(node.service()); i++) {
			this.work++;
			String function = at.facts.function();
			if (function != null) {
				return function;
			}
			if (named == null && at.kind() != SpanKind.CLIENT && !at.facts.isPoolWait()) {
				named = at;
			}
			at = at.parent;
		}
		return (named != null) ? named.name() : node.name();
	}

	/**
	 * The method of the application that a call or statement was made for, beyond the
	 * methods that do nothing but this.
	 */
	String origin(SpanNode node) {
		SpanNode parent = outermost(node).parent;
		return caller((parent != null) ? parent : node);
	}

	/**
	 * Notes work that a detector did.
	 * @param steps how many spans or stretches it looked at
	 */
	void count(long steps) {
		this.work += steps;
	}

	/**
	 * How much was done so far, in spans and stretches looked at.
	 */
	long work() {
		return this.work;
	}

}
