package io.hindspan.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The spans of one trace that are known at a moment. Spans whose parent is not among them
 * are roots of their own. Immutable and thread-safe.
 */
public final class Trace {

	private static final Comparator<SpanRecord> BY_START = Comparator.comparingLong(SpanRecord::start)
		.thenComparing(Comparator.comparingLong(SpanRecord::end).reversed())
		.thenComparing(SpanRecord::spanId);

	private final List<SpanRecord> spans;

	/** Made when it is asked for, perhaps twice. */
	private @Nullable Tree tree;

	private Trace(SpanRecord[] spans) {
		Arrays.sort(spans, BY_START);
		this.spans = List.of(spans);
	}

	/**
	 * A trace of spans.
	 * @param spans its spans in any order, at least one, all of the same trace
	 * @return the trace
	 */
	public static Trace of(List<SpanRecord> spans) {
		return new Trace(spans.toArray(SpanRecord[]::new));
	}

	/**
	 * A trace of the first spans of an array.
	 */
	static Trace of(SpanRecord[] spans, int count) {
		return new Trace(Arrays.copyOf(spans, count));
	}

	private Tree tree() {
		Tree known = this.tree;
		if (known == null) {
			known = new Tree(this.spans);
			this.tree = known;
		}
		return known;
	}

	/**
	 * Its id.
	 * @return 32 hexadecimal digits in lower case
	 */
	public String id() {
		return this.spans.get(0).traceId();
	}

	/**
	 * Its spans.
	 * @return all of them, by start
	 */
	public List<SpanRecord> spans() {
		return this.spans;
	}

	/**
	 * The span with an id.
	 * @param spanId the id
	 * @return the span, or {@code null} if it is not known
	 */
	public @Nullable SpanRecord span(String spanId) {
		return tree().byId.get(spanId);
	}

	/**
	 * The parent of a span.
	 * @param span a span of this trace
	 * @return its parent, or {@code null} if it has none or it is not known
	 */
	public @Nullable SpanRecord parentOf(SpanRecord span) {
		return (span.parentId() != null) ? tree().byId.get(span.parentId()) : null;
	}

	/**
	 * The children of a span.
	 * @param span a span of this trace
	 * @return its children, by start
	 */
	public List<SpanRecord> childrenOf(SpanRecord span) {
		return List.copyOf(tree().children.getOrDefault(span.spanId(), List.of()));
	}

	/**
	 * The spans without a known parent.
	 * @return the true root and those whose parent is not known, by start
	 */
	public List<SpanRecord> roots() {
		return List.copyOf(tree().roots);
	}

	/**
	 * The span that names the trace.
	 * @return the root without any parent, else the first span without a known one, else
	 * the first
	 */
	public SpanRecord root() {
		List<SpanRecord> roots = tree().roots;
		for (SpanRecord root : roots) {
			if (root.parentId() == null) {
				return root;
			}
		}
		return roots.isEmpty() ? this.spans.get(0) : roots.get(0);
	}

	/**
	 * When it began.
	 * @return the earliest start, nanoseconds since the epoch
	 */
	public long start() {
		return this.spans.get(0).start();
	}

	/**
	 * When it ended.
	 * @return the latest end so far, nanoseconds since the epoch
	 */
	public long end() {
		long end = Long.MIN_VALUE;
		for (SpanRecord span : this.spans) {
			end = Math.max(end, span.end());
		}
		return end;
	}

	/**
	 * How long it took.
	 * @return nanoseconds from its start to its end
	 */
	public long duration() {
		return end() - start();
	}

	/**
	 * How many of its spans failed.
	 * @return the number of spans whose status is an error
	 */
	public int errors() {
		int errors = 0;
		for (SpanRecord span : this.spans) {
			if (span.isError()) {
				errors++;
			}
		}
		return errors;
	}

	/**
	 * Who is whose parent. Its fields are final, so that threads may share it without
	 * more ado.
	 */
	private static final class Tree {

		private final Map<String, SpanRecord> byId;

		private final Map<String, List<SpanRecord>> children = new HashMap<>();

		private final List<SpanRecord> roots = new ArrayList<>();

		private Tree(List<SpanRecord> spans) {
			this.byId = new HashMap<>(spans.size() * 2);
			for (SpanRecord span : spans) {
				this.byId.putIfAbsent(span.spanId(), span);
			}
			for (SpanRecord span : spans) {
				if (span.parentId() != null && this.byId.containsKey(span.parentId())
						&& !span.parentId().equals(span.spanId())) {
					this.children.computeIfAbsent(span.parentId(), (parent) -> new ArrayList<>()).add(span);
				}
				else {
					this.roots.add(span);
				}
			}
		}

	}

}
