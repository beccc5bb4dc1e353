package io.hindspan.span;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

import io.hindspan.core.FaultGuard;

/**
 * Starts and ends the spans of a technology that makes no observations of its own.
 * Thread-safe.
 *
 * <pre class="code">
 * if (tracer.leavesOut(parent)) {
 *     return call();
 * }
 * SpanBuilder builder = tracer.spanBuilder("INSERT tasks", SpanKind.CLIENT, parent);
 * tracer.attributes(builder).put(...);
 * Span span = builder.startSpan();
 * try {
 *     return call();
 * }
 * catch (Throwable ex) {
 *     tracer.fail(span, parent, ex);
 *     throw ex;
 * }
 * finally {
 *     span.end();
 * }
 * </pre>
 */
public final class InstrumentationTracer {

	private final Tracer tracer;

	private final SpanRules rules;

	private final FaultGuard guard;

	InstrumentationTracer(String instrumentationScope, Tracer tracer, SpanRules rules) {
		this.tracer = tracer;
		this.rules = rules;
		this.guard = new FaultGuard("work by " + instrumentationScope);
	}

	/**
	 * Whether a span under this parent would certainly not be recorded, so that none need
	 * be made: the parent is a local span that was not sampled, and the sampler follows
	 * the parent.
	 * @param parent the parent's context
	 * @return {@code true} if a span would tell nothing to anybody
	 */
	public boolean leavesOut(Context parent) {
		return this.rules.leavesOut(Span.fromContext(parent));
	}

	/**
	 * A builder of a span.
	 * @param name the span's name, of low cardinality
	 * @param kind the span's kind
	 * @param parent the parent's context
	 * @return the builder
	 */
	public SpanBuilder spanBuilder(String name, SpanKind kind, Context parent) {
		return this.tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
	}

	/**
	 * Where to write attributes that are known at the start, which a sampler sees.
	 * @param builder the span's builder
	 * @return the attributes
	 */
	public SpanAttributes attributes(SpanBuilder builder) {
		return this.rules.attributes(builder);
	}

	/**
	 * Where to write attributes that are known later.
	 * @param span the span
	 * @return the attributes
	 */
	public SpanAttributes attributes(Span span) {
		return this.rules.attributes(span);
	}

	/**
	 * Makes a span current, for work on this thread.
	 * @param span the span
	 * @param context the context that becomes current, with the span in it
	 * @return the open span
	 */
	public OpenSpan open(Span span, Context context) {
		return new OpenSpan(this, this.guard, span, context);
	}

	/**
	 * Notes that the span's work failed: status, {@code error.type} and, unless a span of
	 * the same trace has told it already, the exception.
	 * @param span the span, not yet ended
	 * @param parent the parent's context
	 * @param exception what was thrown
	 */
	public void fail(Span span, Context parent, Throwable exception) {
		this.rules.end(span, parent, SpanOutcome.of(exception));
	}

	/**
	 * Notes how the span's work ended.
	 * @param span the span, not yet ended
	 * @param parent the parent's context
	 * @param outcome the outcome
	 */
	public void outcome(Span span, Context parent, SpanOutcome outcome) {
		this.rules.end(span, parent, outcome);
	}

}
