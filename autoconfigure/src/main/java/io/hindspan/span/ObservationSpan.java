package io.hindspan.span;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The span of an observation, in the place where Micrometer Tracing, its users and other
 * handlers look for it.
 */
final class ObservationSpan extends TracingContext implements SpanAttributes {

	private static final AtomicReferenceFieldUpdater<ObservationSpan, Thread> OWNER = AtomicReferenceFieldUpdater
		.newUpdater(ObservationSpan.class, Thread.class, "owner");

	private final io.opentelemetry.api.trace.Span span;

	private final Context context;

	private final SpanConventions.@Nullable Entry entry;

	private final SpanRules rules;

	/**
	 * The first thread to open a scope keeps it here; others, which are rare, in the map
	 * of the superclass.
	 */
	private volatile @Nullable Thread owner;

	private CurrentTraceContext.@Nullable Scope ownerScope;

	ObservationSpan(io.opentelemetry.api.trace.Span span, Context context, SpanConventions.@Nullable Entry entry,
			SpanRules rules) {
		this.span = span;
		this.context = context;
		this.entry = entry;
		this.rules = rules;
	}

	/**
	 * Wrapped for Micrometer when it is first asked for, which it often is not.
	 */
	@Override
	public @Nullable Span getSpan() {
		Span span = super.getSpan();
		if (span == null) {
			span = OtelSpan.fromOtel(this.span, this.context);
			setSpan(span);
		}
		return span;
	}

	io.opentelemetry.api.trace.Span span() {
		return this.span;
	}

	/**
	 * The context that the observation's scopes make current.
	 */
	Context context() {
		return this.context;
	}

	/**
	 * The convention that the span was started with.
	 * @return the convention and its tracer, or {@code null} where the parent's span
	 * stands for this observation
	 */
	SpanConventions.@Nullable Entry entry() {
		return this.entry;
	}

	void openScope() {
		CurrentTraceContext.Scope previous = getScope();
		setScope(new OpenScope(this, this.context.makeCurrent(), previous));
	}

	@Override
	public CurrentTraceContext.@Nullable Scope getScope() {
		return (this.owner == Thread.currentThread()) ? this.ownerScope : super.getScope();
	}

	@Override
	public void setScope(CurrentTraceContext.@Nullable Scope scope) {
		Thread thread = Thread.currentThread();
		if (this.owner == thread
				|| (scope != null && super.getScope() == null && OWNER.compareAndSet(this, null, thread))) {
			this.ownerScope = scope;
			if (scope == null) {
				this.owner = null;
			}
		}
		else {
			super.setScope(scope);
		}
	}

	@Override
	public <T> SpanAttributes put(SemanticKey<T> key, @Nullable T value) {
		this.rules.put(this.span, key, value);
		return this;
	}

	@Override
	public SpanAttributes put(SemanticKey<Long> key, long value) {
		this.rules.put(this.span, key, value);
		return this;
	}

	@Override
	public SpanAttributes put(SemanticKey<String> key, @Nullable String stable, @Nullable String legacy) {
		this.rules.put(this.span, key, stable, legacy);
		return this;
	}

	@Override
	public SpanAttributes putLegacy(SemanticKey<Long> key, long value) {
		this.rules.putLegacy(this.span, key, value);
		return this;
	}

	private static final class OpenScope implements CurrentTraceContext.Scope {

		private final ObservationSpan observationSpan;

		private final Scope scope;

		private final CurrentTraceContext.@Nullable Scope previous;

		OpenScope(ObservationSpan observationSpan, Scope scope, CurrentTraceContext.@Nullable Scope previous) {
			this.observationSpan = observationSpan;
			this.scope = scope;
			this.previous = previous;
		}

		@Override
		public void close() {
			this.scope.close();
			this.observationSpan.setScope(this.previous);
		}

	}

}
