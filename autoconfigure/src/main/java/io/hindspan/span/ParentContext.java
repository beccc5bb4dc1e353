package io.hindspan.span;

import io.micrometer.observation.ObservationView;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parent of work that may have been asked for elsewhere than on this thread.
 */
public final class ParentContext {

	private ParentContext() {
	}

	/**
	 * The current span is the parent, except that work which names another parent than
	 * the current observation gets that one. A span that was made current by hand,
	 * beneath the parent observation, goes before it, be it of the same trace or of one
	 * that was restored from a message or a row; one of an observation that the parent is
	 * itself beneath does not.
	 * @param parent the observation that the work belongs to, or {@code null} where none
	 * is known
	 * @param current what is current where the work was asked for
	 * @return the parent's context
	 */
	public static Context of(@Nullable ObservationView parent, Context current) {
		if (parent == null || (Span.fromContext(current).getSpanContext().isValid() && current == Context.current()
				&& isCurrent(parent))) {
			return current;
		}
		TracingContext given = parent.getContextView().get(TracingContext.class);
		return (given != null) ? of(given, parent, current) : current;
	}

	/**
	 * Whether the observation's scope is open here. It has made the observation's span
	 * current, so whatever is current now came after it.
	 */
	private static boolean isCurrent(ObservationView observation) {
		return observation.getObservationRegistry().getCurrentObservation() == observation;
	}

	/**
	 * Chooses between a span that is given and the current one.
	 * @param given the span that is given
	 * @param parent the parent observation, or {@code null}
	 * @param current what is current
	 */
	static Context of(TracingContext given, @Nullable ObservationView parent, Context current) {
		Span givenSpan = span(given);
		if (givenSpan == null) {
			return current;
		}
		Span currentSpan = Span.fromContext(current);
		if (currentSpan.getSpanContext().isValid() && isSameTrace(currentSpan, givenSpan)
				&& (currentSpan == givenSpan || !isAbove(currentSpan, parent))) {
			return current;
		}
		return (given instanceof ObservationSpan own) ? own.context() : current.with(givenSpan);
	}

	private static boolean isAbove(Span span, @Nullable ObservationView observation) {
		ObservationView above = observation;
		while (above != null) {
			above = above.getContextView().getParentObservation();
			TracingContext given = (above != null) ? above.getContextView().get(TracingContext.class) : null;
			if (given != null && span(given) == span) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable Span span(TracingContext tracingContext) {
		if (tracingContext instanceof ObservationSpan own) {
			return own.span();
		}
		io.micrometer.tracing.Span span = tracingContext.getSpan();
		return (span instanceof OtelSpan otelSpan) ? OtelSpan.toOtel(otelSpan) : null;
	}

	private static boolean isSameTrace(Span one, Span other) {
		return one == other || one.getSpanContext().getTraceId().equals(other.getSpanContext().getTraceId());
	}

}
