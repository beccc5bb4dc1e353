package io.hindspan.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.TraceAnalysis.Stretch;

/**
 * What was waited for, moment by moment: from the end of a span back through the child
 * that ended last, then through the one that ended last of those that had begun before
 * that one did. Asynchronous work that nobody waits for has a path of its own.
 */
final class CriticalPath {

	private static final Comparator<SpanNode> LAST_FIRST = Comparator.comparingLong(SpanNode::end)
		.thenComparingLong(SpanNode::start)
		.reversed();

	/** What two spans that follow one another may overlap by, since times are rounded. */
	private static final long OVERLAP = 50_000;

	private final TraceView view;

	private final Map<SpanNode, List<Part>> byHead = new HashMap<>();

	private final Part[] parts;

	CriticalPath(TraceView view) {
		this.view = view;
		List<Part> all = new ArrayList<>();
		for (SpanNode node : view.nodes()) {
			if (node.lane == node) {
				List<Part> path = walk(node);
				this.byHead.put(node, path);
				all.addAll(path);
			}
		}
		this.parts = all.toArray(new Part[0]);
		Arrays.sort(this.parts, Comparator.comparingInt((part) -> part.node().place));
	}

	private List<Part> walk(SpanNode head) {
		List<Part> path = new ArrayList<>();
		Deque<Walk> open = new ArrayDeque<>();
		open.push(new Walk(head, head.start(), head.end()));
		while (!open.isEmpty()) {
			this.view.count(1);
			Walk walk = open.peek();
			SpanNode next = walk.next();
			if (next == null) {
				add(path, walk.node, walk.from, walk.until);
				open.pop();
				continue;
			}
			long end = Math.min(next.end(), walk.until);
			long start = Math.max(next.start(), walk.from);
			add(path, walk.node, end, walk.until);
			walk.until = start;
			open.push(new Walk(next, start, end));
		}
		Collections.reverse(path);
		return path;
	}

	private static void add(List<Part> path, SpanNode node, long start, long end) {
		if (end > start) {
			path.add(new Part(node, start, end));
		}
	}

	/**
	 * The path of the request: of the root that names the trace, or where that one's own
	 * parent is missing, of all roots.
	 */
	List<Stretch> stretches() {
		List<Part> path = new ArrayList<>();
		if (this.view.hasTrueRoot()) {
			path.addAll(ofLane(this.view.main()));
		}
		else {
			List<SpanNode> roots = new ArrayList<>(this.view.roots());
			roots.sort(LAST_FIRST);
			long until = Long.MAX_VALUE;
			for (SpanNode root : roots) {
				List<Part> ofRoot = ofLane(root);
				for (int i = ofRoot.size() - 1; i >= 0; i--) {
					Part part = ofRoot.get(i);
					add(path, part.node(), part.start(), Math.min(part.end(), until));
				}
				until = Math.min(until, root.start());
			}
			Collections.reverse(path);
		}
		List<Stretch> stretches = new ArrayList<>(path.size());
		for (Part part : path) {
			Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
			if (last != null && last.spanId().equals(part.node().id()) && last.end() == part.start()) {
				stretches.set(stretches.size() - 1, new Stretch(last.spanId(), last.start(), part.end()));
			}
			else {
				stretches.add(new Stretch(part.node().id(), part.start(), part.end()));
			}
		}
		return stretches;
	}

	List<Part> ofLane(SpanNode head) {
		return this.byHead.getOrDefault(head, List.of());
	}

	/**
	 * Adds when what a span belongs to waited for the span or one beneath it.
	 */
	void collect(SpanNode node, List<Interval> intervals) {
		int low = 0;
		int high = this.parts.length;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.parts[middle].node().place < node.place) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		for (int i = low; i < this.parts.length && this.parts[i].node().place < node.placeAfter; i++) {
			this.view.count(1);
			if (this.parts[i].node().lane == node.lane) {
				intervals.add(new Interval(this.parts[i].start(), this.parts[i].end()));
			}
		}
	}

	/**
	 * A time in which the span's own work was waited for.
	 */
	record Part(SpanNode node, long start, long end) {

	}

	/**
	 * How far the walk through the spans that one waits for has come.
	 */
	private static final class Walk {

		private final SpanNode node;

		private final long from;

		/** Where the walk began: what ends later is cut there. */
		private final long limit;

		private long until;

		private final List<SpanNode> awaited;

		private int index;

		Walk(SpanNode node, long from, long until) {
			this.node = node;
			this.from = from;
			this.limit = until;
			this.until = until;
			this.awaited = new ArrayList<>(node.awaited);
			this.awaited.sort(LAST_FIRST);
		}

		@Nullable SpanNode next() {
			while (this.index < this.awaited.size()) {
				SpanNode next = this.awaited.get(this.index++);
				long end = Math.min(next.end(), this.limit);
				if (next.start() < this.until && end <= this.until + OVERLAP
						&& end > Math.max(this.from, next.start())) {
					return next;
				}
			}
			return null;
		}

	}

}
