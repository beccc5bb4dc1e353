package io.hindspan.sampling;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.FullDetail;
import io.hindspan.span.UnsampledSpans;
import io.hindspan.span.Verdict;

/**
 * Decides on each trace once, at its first span in this service, and follows that
 * decision, or what has become of it since, for every span beneath. Thread-safe.
 */
final class TraceSampler implements Sampler, UnsampledSpans {

	/** Why a trace is sampled that another service has sampled. */
	static final String PARENT = "parent";

	private static final SamplingResult FORCED = new ForcedResult();

	private final HeadSampling head;

	private final boolean followsParent;

	private final UnsampledTraces unsampled;

	private final Folding folding;

	private final LongSupplier randomness;

	private final HeadStatistics statistics = new HeadStatistics();

	TraceSampler(HeadSampling head, boolean followsParent, UnsampledTraces unsampled, Folding folding) {
		this(head, followsParent, unsampled, folding, () -> ThreadLocalRandom.current().nextLong() >>> 8);
	}

	/**
	 * Creates a sampler.
	 * @param randomness 56 random bits, for a trace whose id is not random
	 */
	TraceSampler(HeadSampling head, boolean followsParent, UnsampledTraces unsampled, Folding folding,
			LongSupplier randomness) {
		this.head = head;
		this.followsParent = followsParent;
		this.unsampled = unsampled;
		this.folding = folding;
		this.randomness = randomness;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind kind,
			Attributes attributes, List<LinkData> links) {
		SpanContext parent = Span.fromContext(parentContext).getSpanContext();
		if (parent.isValid() && !parent.isRemote()) {
			return child(parent, name);
		}
		if (ForcedTraceHeader.isIn(parentContext)) {
			return sampled(FORCED, ForcedResult.REASON, parent.getTraceState());
		}
		if (parent.isValid() && this.followsParent) {
			return parent.isSampled() ? sampled(SamplingResult.recordAndSample(), PARENT, parent.getTraceState())
					: unsampled(parent.getTraceState());
		}
		Chance chance = this.head.chance(parentContext, name, kind, attributes);
		if (!parent.isValid() && !parent.getTraceFlags().isTraceIdRandom()) {
			return rootWithoutRandomness(chance);
		}
		if (chance == null || !chance.takes(randomness(parent.getTraceState(), traceId))) {
			return unsampled(parent.getTraceState());
		}
		return sampled(chance, chance.reason(), parent.getTraceState());
	}

	private SamplingResult sampled(SamplingResult result, String reason, TraceState parent) {
		this.statistics.sampled(reason);
		return this.folding.sampled(result, parent);
	}

	/**
	 * Where an id generator does not say that its trace ids are random, the SDK leaves
	 * the flag that says so out of the root's parent. What decides in the id's place is
	 * told to all services of the trace.
	 */
	private SamplingResult rootWithoutRandomness(@Nullable Chance chance) {
		long own = this.randomness.getAsLong();
		TraceState state = OtTraceState.ofRandomness(own);
		if (chance != null && chance.takes(own)) {
			return sampled(new WithTraceState(chance, chance.getUpdatedTraceState(state)), chance.reason(), state);
		}
		this.statistics.unsampled();
		TraceSpans spans = this.unsampled.begin();
		return (spans == null) ? new WithTraceState(SamplingResult.drop(), state)
				: this.folding.unsampled(state, spans);
	}

	private SamplingResult child(SpanContext parent, String name) {
		TraceState state = parent.getTraceState();
		if (state instanceof SpanGroup group) {
			return group.spans().isDropped() ? SamplingResult.drop() : group.child(parent, name);
		}
		if (state instanceof FoldedSpans folded) {
			return folded.verdict().isDropped() ? SamplingResult.drop() : folded.child(name);
		}
		if (parent.isSampled()) {
			return SamplingResult.recordAndSample();
		}
		Verdict verdict = Verdict.of(parent);
		if (verdict == null) {
			// Its parent was made by hand, by somebody who wants no spans
			return SamplingResult.drop();
		}
		if (verdict.isKept()) {
			return SamplingResult.recordAndSample();
		}
		return verdict.isDropped() ? SamplingResult.drop() : SamplingResult.recordOnly();
	}

	/**
	 * An unsampled trace stands for no others.
	 */
	private SamplingResult unsampled(TraceState parent) {
		this.statistics.unsampled();
		TraceState state = parent.isEmpty() ? parent : OtTraceState.withThreshold(parent, null);
		TraceSpans spans = this.unsampled.begin();
		if (spans != null) {
			return this.folding.unsampled(state, spans);
		}
		return (state == parent) ? SamplingResult.drop() : new WithTraceState(SamplingResult.drop(), state);
	}

	private static long randomness(TraceState state, String traceId) {
		long explicit = state.isEmpty() ? -1 : OtTraceState.randomness(state);
		return (explicit >= 0) ? explicit : Threshold.randomness(traceId);
	}

	HeadStatistics statistics() {
		return this.statistics;
	}

	double probability() {
		return this.head.probability();
	}

	@Override
	public boolean areDroppedUnder(SpanContext parent) {
		if (parent.isRemote()) {
			return this.followsParent && this.unsampled == UnsampledTraces.DROPPED;
		}
		Verdict verdict = Verdict.of(parent);
		return verdict == null || verdict.isDropped();
	}

	@Override
	public boolean isSampledIn(Context context) {
		return ForcedTraceHeader.isIn(context);
	}

	@Override
	public String getDescription() {
		return (this.followsParent ? "ParentBased{" : "{") + this.head + "}";
	}

	@Override
	public String toString() {
		return getDescription();
	}

	/**
	 * A trace that is asked for stands for no others, and tells everything.
	 */
	private static final class ForcedResult implements SamplingResult {

		private static final String REASON = "forced";

		private static final Attributes ATTRIBUTES = Attributes.of(Chance.REASON, REASON);

		@Override
		public SamplingDecision getDecision() {
			return SamplingDecision.RECORD_AND_SAMPLE;
		}

		@Override
		public Attributes getAttributes() {
			return ATTRIBUTES;
		}

		@Override
		public TraceState getUpdatedTraceState(TraceState parent) {
			return FullDetail.in(OtTraceState.withThreshold(parent, null));
		}

	}

}
