package io.hindspan.sampling;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.VerdictTraceState;

/**
 * The folded spans of a group: counted and measured, without being kept, but for the
 * slowest one, which carries the summary, and the first errors. What is beneath a folded
 * span is folded, too. They are recorded and not sampled, which is why they reach no
 * exporter by themselves. Thread-safe.
 */
final class FoldedSpans extends VerdictTraceState implements SamplingResult {

	static final AttributeKey<Long> COUNT = AttributeKey.longKey("hindspan.folded.count");

	static final AttributeKey<Long> ERRORS = AttributeKey.longKey("hindspan.folded.errors");

	/** In seconds, as the others. */
	static final AttributeKey<Double> MIN = AttributeKey.doubleKey("hindspan.folded.duration.min");

	static final AttributeKey<Double> MAX = AttributeKey.doubleKey("hindspan.folded.duration.max");

	static final AttributeKey<Double> SUM = AttributeKey.doubleKey("hindspan.folded.duration.sum");

	private static final int MAX_ERRORS = 10;

	private static final double NANOS = 1e9;

	private final SpanGroup group;

	/** The nearest span above the group that is not folded. */
	private final SpanContext anchor;

	private long count;

	private long errors;

	private long min = Long.MAX_VALUE;

	private long max;

	private long sum;

	private @Nullable SpanData slowest;

	private boolean told;

	FoldedSpans(SpanGroup group, SpanContext anchor) {
		super(plain(group), group.spans());
		this.group = group;
		this.anchor = anchor;
	}

	@Override
	public SamplingDecision getDecision() {
		return SamplingDecision.RECORD_ONLY;
	}

	@Override
	public Attributes getAttributes() {
		return Attributes.empty();
	}

	@Override
	public TraceState getUpdatedTraceState(TraceState parent) {
		return this;
	}

	SamplingResult child(String name) {
		return this.group.childOfFolded(this.anchor, name);
	}

	/**
	 * Folds a span that has ended.
	 * @param span the span
	 */
	void fold(SpanData span) {
		SpanData kept = count(span);
		if (kept != null) {
			this.group.spans().add(kept);
		}
		else {
			this.group.spans().look(span);
		}
	}

	private synchronized @Nullable SpanData count(SpanData span) {
		long duration = duration(span);
		this.count++;
		this.sum += duration;
		this.min = Math.min(this.min, duration);
		this.max = Math.max(this.max, duration);
		if (span.getStatus().getStatusCode() == StatusCode.ERROR && ++this.errors <= MAX_ERRORS) {
			return beneathAnchor(KeptSpan.of(span), span);
		}
		SpanData slowest = this.slowest;
		if (!this.told && (slowest == null || duration > duration(slowest))) {
			this.slowest = span;
		}
		return null;
	}

	private static long duration(SpanData span) {
		return span.getEndEpochNanos() - span.getStartEpochNanos();
	}

	/**
	 * A parent that is folded is not there to be found.
	 */
	private KeptSpan beneathAnchor(KeptSpan kept, SpanData span) {
		return (span.getParentSpanContext().getTraceState() instanceof FoldedSpans) ? kept.beneath(this.anchor) : kept;
	}

	/**
	 * The span that carries the summary.
	 * @return the span, or {@code null} if there is none, or if it was told before
	 */
	synchronized @Nullable SpanData summary() {
		SpanData slowest = this.slowest;
		if (slowest == null || this.told) {
			return null;
		}
		this.told = true;
		this.slowest = null;
		Attributes attributes = Attributes.builder()
			.put(COUNT, this.count)
			.put(ERRORS, this.errors)
			.put(MIN, this.min / NANOS)
			.put(MAX, this.max / NANOS)
			.put(SUM, this.sum / NANOS)
			.build();
		return beneathAnchor(KeptSpan.with(slowest, attributes), slowest);
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
