package io.hindspan.sampling;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.VerdictTraceState;

/**
 * The spans of one name beneath those of one group, such as a loop makes. From a certain
 * number on they are folded. The groups of a trace are few, and known by the trace states
 * of its spans: a group is the trace state of its spans, and also the result of sampling
 * them, for there is one for each group of each trace. Thread-safe.
 */
public final class SpanGroup extends VerdictTraceState implements SamplingResult {

	/** Further names of a trace are not told apart, and not folded. */
	private static final int MAX_GROUPS = 100;

	private static final SpanGroup[] NONE = {};

	private static final AtomicIntegerFieldUpdater<SpanGroup> COUNT = AtomicIntegerFieldUpdater
		.newUpdater(SpanGroup.class, "count");

	private final TraceSpans spans;

	private final Attributes attributes;

	private final int limit;

	private final @Nullable SpanGroup root;

	private final String name;

	/**
	 * How many spans of this group have begun, or how many groups the root's trace has.
	 */
	private volatile int count;

	private volatile SpanGroup[] children = NONE;

	private volatile @Nullable FoldedSpans folded;

	private SpanGroup(TraceState plain, TraceSpans spans, Attributes attributes, int limit, @Nullable SpanGroup root,
			String name) {
		super(plain, spans);
		this.spans = spans;
		this.attributes = attributes;
		this.limit = limit;
		this.root = root;
		this.name = name;
	}

	/**
	 * The group of a local root alone.
	 * @param plain the trace's state as other services see it
	 * @param spans the trace
	 * @param attributes the attributes that the root begins with
	 * @param limit how many spans of a group are not folded
	 * @return the group
	 */
	public static SpanGroup ofRoot(TraceState plain, TraceSpans spans, Attributes attributes, int limit) {
		return new SpanGroup(plain, spans, attributes, limit, null, "");
	}

	@Override
	public SamplingDecision getDecision() {
		return this.spans.isKept() ? SamplingDecision.RECORD_AND_SAMPLE : SamplingDecision.RECORD_ONLY;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public TraceState getUpdatedTraceState(TraceState parent) {
		return this;
	}

	boolean isOfRoot() {
		return this.root == null;
	}

	TraceSpans spans() {
		return this.spans;
	}

	/**
	 * The result for a span beneath one of this group.
	 * @param parent the parent's context
	 * @param name the span's name
	 * @return the result
	 */
	SamplingResult child(SpanContext parent, String name) {
		SpanGroup group = group(name);
		if (group == null) {
			// Counts for nothing, and goes on with the groups of its parent
			return (this.root != null) ? this : new Ungrouped(plain(this), this.spans);
		}
		return (COUNT.incrementAndGet(group) > group.limit) ? group.folded(parent) : group;
	}

	/**
	 * The result for a span beneath a folded one of this group.
	 * @param anchor the nearest span above that is not folded
	 * @param name the span's name
	 * @return the result
	 */
	SamplingResult childOfFolded(SpanContext anchor, String name) {
		SpanGroup group = group(name);
		return (group != null) ? group.folded(anchor) : folded(anchor);
	}

	private FoldedSpans folded(SpanContext anchor) {
		FoldedSpans folded = this.folded;
		if (folded == null) {
			synchronized (this) {
				folded = this.folded;
				if (folded == null) {
					folded = new FoldedSpans(this, anchor);
					this.folded = folded;
				}
			}
		}
		return folded;
	}

	private @Nullable SpanGroup group(String name) {
		for (SpanGroup child : this.children) {
			if (name.equals(child.name)) {
				return child;
			}
		}
		return addGroup(name);
	}

	private synchronized @Nullable SpanGroup addGroup(String name) {
		for (SpanGroup child : this.children) {
			if (name.equals(child.name)) {
				return child;
			}
		}
		SpanGroup root = (this.root != null) ? this.root : this;
		if (COUNT.incrementAndGet(root) > MAX_GROUPS) {
			return null;
		}
		SpanGroup created = new SpanGroup(plain(this), this.spans, Attributes.empty(), this.limit, root, name);
		SpanGroup[] all = Arrays.copyOf(this.children, this.children.length + 1);
		all[all.length - 1] = created;
		this.children = all;
		return created;
	}

	/**
	 * Tells what was folded in this group and all beneath, once.
	 * @param target what takes the spans that carry a summary
	 */
	void tell(Consumer<SpanData> target) {
		FoldedSpans folded = this.folded;
		SpanData summary = (folded != null) ? folded.summary() : null;
		if (summary != null) {
			target.accept(summary);
		}
		for (SpanGroup child : this.children) {
			child.tell(target);
		}
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other);
	}

	@Override
	public int hashCode() {
		return super.hashCode();
	}

}
