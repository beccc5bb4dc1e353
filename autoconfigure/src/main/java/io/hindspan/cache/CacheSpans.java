package io.hindspan.cache;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanOutcome;

/**
 * Tells each operation as a span beneath the one that it is done in.
 */
final class CacheSpans implements CacheTracing {

	private final CacheDescriptions descriptions = new CacheDescriptions();

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final boolean keys;

	CacheSpans(InstrumentationTracers tracers, boolean keys) {
		this.tracers = tracers;
		this.tracer = tracers.get("io.hindspan.cache");
		this.keys = keys;
	}

	@Override
	public @Nullable CacheCall begin(Operation operation, Cache cache, @Nullable Object key) {
		Context parent = Context.current();
		if (!Span.fromContext(parent).getSpanContext().isValid() || this.tracer.leavesOut(parent)) {
			return null;
		}
		CacheDescription description = this.descriptions.get(cache);
		SpanBuilder builder = this.tracer.spanBuilder(operation + " " + description.name(), SpanKind.INTERNAL, parent);
		this.tracer.attributes(builder)
			.put(CacheAttributes.SYSTEM, description.system())
			.put(CacheAttributes.NAME, description.name())
			.put(CacheAttributes.OPERATION, operation.toString())
			.put(CacheAttributes.KEY, this.keys ? KeyHash.of(key) : null);
		Span span = builder.startSpan();
		return new Call(this.tracer, span, parent, this.tracers.contextOf(parent, span).makeCurrent());
	}

	private record Call(InstrumentationTracer tracer, Span span, Context parent, Scope scope) implements CacheCall {

		@Override
		public void found(boolean hit) {
			this.tracer.attributes(this.span).put(CacheAttributes.HIT, hit);
			if (!hit) {
				this.span.addEvent("cache_miss");
			}
		}

		@Override
		public void done() {
		}

		/**
		 * The exception itself is its caller's, or the error handler's that swallows it:
		 * its message may quote the key.
		 */
		@Override
		public void failed(Throwable failure) {
			this.tracer.outcome(this.span, this.parent, SpanOutcome.failed(failure.getClass().getName(), null));
		}

		@Override
		public void leave() {
			this.scope.close();
		}

		@Override
		public void end() {
			this.span.end();
		}

	}

}
