package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SpanRecord;

/**
 * A span in its tree, with its time as the clock of the root's service would tell it.
 * Built by {@link TraceView}, and not changed any more once that is made.
 */
final class SpanNode {

	private static final long LATEST = Long.MAX_VALUE / 4;

	final SpanRecord span;

	final SpanFacts facts;

	final List<SpanNode> children = new ArrayList<>(2);

	@Nullable SpanNode parent;

	/** What is added to the times of the span to have those of the root's clock. */
	long shift;

	int depth;

	/** The place in the order of parents before children. */
	int place;

	/** The place after that of the last descendant. */
	int placeAfter;

	/** The span's own time: that of no child. */
	long self;

	/**
	 * The ancestor that waits for this span, or {@code null} if nobody does.
	 */
	@Nullable SpanNode waiter;

	/** The spans that this one waits for, unlike its children. */
	final List<SpanNode> awaited = new ArrayList<>(2);

	/**
	 * The span that nobody waits for and that waits for this one, perhaps indirectly;
	 * this one itself if nobody waits for it.
	 */
	SpanNode lane = this;

	/** What is sent to a database, or {@code null} if nothing is. */
	@Nullable Statement statement;

	SpanNode(SpanRecord span) {
		this.span = span;
		this.facts = new SpanFacts(span);
	}

	static long bounded(long time) {
		return Math.max(-LATEST, Math.min(time, LATEST));
	}

	long start() {
		return bounded(this.span.start()) + this.shift;
	}

	/**
	 * The end, which is never before the start.
	 */
	long end() {
		return Math.max(bounded(this.span.end()), bounded(this.span.start())) + this.shift;
	}

	long duration() {
		return end() - start();
	}

	String service() {
		return this.span.service();
	}

	String name() {
		return this.span.name();
	}

	/**
	 * What the span is of, where its name alone does not tell: the statement, or what is
	 * called.
	 */
	String label() {
		return (this.statement != null) ? this.statement.summary() : this.facts.label();
	}

	SpanKind kind() {
		return this.span.kind();
	}

	boolean failed() {
		return this.span.isError();
	}

	String id() {
		return this.span.spanId();
	}

	Interval interval() {
		return new Interval(start(), end());
	}

	boolean isWithin(SpanNode ancestor) {
		return this.place >= ancestor.place && this.place < ancestor.placeAfter;
	}

	/**
	 * The span that answered this call in another service.
	 * @return the first, or {@code null} if none is known
	 */
	@Nullable SpanNode callee() {
		for (SpanNode child : this.children) {
			if (child.kind() == SpanKind.SERVER || child.kind() == SpanKind.CONSUMER) {
				return child;
			}
		}
		return null;
	}

	/**
	 * Whether this span and another one may have been timed by different clocks.
	 */
	boolean isElsewhereThan(SpanNode other) {
		if (!service().equals(other.service())) {
			return true;
		}
		return this.span.origin() != other.span.origin() && !Objects.equals(instance(), other.instance());
	}

	private @Nullable String instance() {
		return this.span.origin().resource().get(AttributeKey.stringKey("service.instance.id"));
	}

	@Override
	public String toString() {
		return this.span.name();
	}

}
