package io.hindspan.sampling;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.VerdictTraceState;

/**
 * An ended span that was not sampled when it began and is kept nevertheless: as it was,
 * with the sampled flag set. Immutable.
 */
public final class KeptSpan extends DelegatingSpanData implements ReadableSpan {

	private final SpanContext context;

	private final SpanContext parent;

	private final Attributes attributes;

	private KeptSpan(SpanData span, SpanContext parent, Attributes attributes) {
		super(span);
		this.context = sampled(span.getSpanContext());
		this.parent = parent;
		this.attributes = attributes;
	}

	/**
	 * Keeps a span as it is.
	 * @param span the span
	 * @return the kept span, the same one if it is kept already
	 */
	public static KeptSpan of(SpanData span) {
		return (span instanceof KeptSpan kept) ? kept
				: new KeptSpan(span, span.getParentSpanContext(), span.getAttributes());
	}

	/**
	 * Keeps a span and tells more of it.
	 * @param span the span
	 * @param more what to add to its attributes
	 * @return the kept span
	 */
	public static KeptSpan with(SpanData span, Attributes more) {
		return new KeptSpan(span, span.getParentSpanContext(), span.getAttributes().toBuilder().putAll(more).build());
	}

	/**
	 * Keeps the span beneath another parent, where its own is not kept.
	 * @param parent the parent, or {@code null} to leave it
	 * @return the kept span
	 */
	KeptSpan beneath(@Nullable SpanContext parent) {
		return (parent != null) ? new KeptSpan(this, parent, this.attributes) : this;
	}

	private static SpanContext sampled(SpanContext context) {
		if (context.isSampled()) {
			return context;
		}
		byte flags = (byte) (context.getTraceFlags().asByte() | TraceFlags.getSampled().asByte());
		return SpanContext.create(context.getTraceId(), context.getSpanId(), TraceFlags.fromByte(flags),
				VerdictTraceState.plain(context.getTraceState()));
	}

	@Override
	public SpanContext getSpanContext() {
		return this.context;
	}

	@Override
	public SpanContext getParentSpanContext() {
		return this.parent;
	}

	@Override
	public String getParentSpanId() {
		return this.parent.getSpanId();
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public int getTotalAttributeCount() {
		int dropped = super.getTotalAttributeCount() - super.getAttributes().size();
		return this.attributes.size() + dropped;
	}

	@Override
	public SpanData toSpanData() {
		return this;
	}

	@Override
	@SuppressWarnings("deprecation")
	public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
		return super.getInstrumentationLibraryInfo();
	}

	@Override
	public InstrumentationScopeInfo getInstrumentationScopeInfo() {
		return super.getInstrumentationScopeInfo();
	}

	@Override
	public SpanKind getKind() {
		return super.getKind();
	}

	@Override
	public long getLatencyNanos() {
		return getEndEpochNanos() - getStartEpochNanos();
	}

	@Override
	public <T> @Nullable T getAttribute(AttributeKey<T> key) {
		return this.attributes.get(key);
	}

}
