package io.hindspan.span;

import java.util.Set;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * What a technology knows of its observations: the name, kind and attributes of their
 * spans. What is known at the start is given at the start, so that a sampler sees it.
 * Registered as beans; the first bean in order that supports a context is used, and an
 * application's own bean goes before those of the library. Thread-safe, and quick: every
 * method is called on the application's threads.
 *
 * @param <C> the type of the observation's context
 */
public interface SpanConvention<C extends Observation.Context> {

	/**
	 * The type of the contexts, subtypes included.
	 * @return the type
	 */
	Class<C> contextType();

	/**
	 * Whether this convention speaks for contexts of exactly this class. Asked once per
	 * class.
	 * @param type the context's own class, a subtype of {@link #contextType()}
	 * @return {@code true} unless overridden
	 */
	default boolean supports(Class<?> type) {
		return true;
	}

	/**
	 * The names of the observations that this convention speaks for, where a library
	 * gives them no class of contexts of their own but {@link Observation.Context}.
	 * @return the names; empty, unless overridden, for all contexts of
	 * {@link #contextType()}
	 */
	default Set<String> observationNames() {
		return Set.of();
	}

	/**
	 * Whether this observation is not worth a span of its own. It is measured all the
	 * same, and its parent's span, if there is one, stands for it.
	 * @param context the context at its start
	 * @param parent the span that would be the parent, invalid where there is none
	 * @return {@code false} unless overridden
	 */
	default boolean leavesOut(C context, Span parent) {
		return false;
	}

	/**
	 * Called at the end of an observation that was left out, for what the span that
	 * stands for it should say. Only called where that span is recorded; it may have
	 * ended already, and then says nothing more.
	 * @param context the context at its end
	 * @param parent the span that stands for the observation
	 * @param attributes where to write that span's attributes
	 */
	default void endedLeftOut(C context, Span parent, SpanAttributes attributes) {
	}

	/**
	 * The parent of the span, where the convention knows better than the headers and the
	 * current context.
	 * @param context the context at its start
	 * @param found the context with the span that would be the parent
	 * @return the parent's context, the given one unless overridden
	 */
	default Context parent(C context, Context found) {
		return found;
	}

	/**
	 * Whether the span begins a trace of its own, with a link to the span that would be
	 * its parent.
	 * @param context the context at its start
	 * @param parent the span that would be the parent, always valid
	 * @return {@code false} unless overridden
	 */
	default boolean beginsTrace(C context, Span parent) {
		return false;
	}

	/**
	 * Whether the headers of what is received are believed. If not, the span begins a
	 * trace of its own, with a link to the span that they tell of, and nothing else of
	 * what they say counts.
	 * @param context the context at its start, a receiver's
	 * @return {@code true} unless overridden
	 */
	default boolean trustsSender(C context) {
		return true;
	}

	/**
	 * Whether an event of the observation is not worth an event of its span, or of the
	 * one that stands for it.
	 * @param event the event
	 * @return {@code false} unless overridden
	 */
	default boolean leavesOut(Observation.Event event) {
		return false;
	}

	/**
	 * The name of the instrumentation scope, which tells where the span comes from.
	 * @return the name, such as {@code io.hindspan.web}
	 */
	String instrumentationScope();

	/**
	 * The kind of the span.
	 * @param context the context at its start
	 * @return the kind
	 */
	SpanKind kind(C context);

	/**
	 * The name of the span as far as it is known at the start.
	 * @param context the context at its start
	 * @return the name
	 */
	String nameAtStart(C context);

	/**
	 * Writes the attributes that are known at the start.
	 * @param context the context at its start
	 * @param attributes where to write
	 */
	void attributesAtStart(C context, SpanAttributes attributes);

	/**
	 * How headers are read where the context's own getter sees only the first value of
	 * each.
	 * @param context the context at its start, a receiver's
	 * @return the getter for the context's carrier, or {@code null} for the context's own
	 */
	default @Nullable TextMapGetter<Object> getter(C context) {
		return null;
	}

	/**
	 * How headers are written where the context's own setter can fail.
	 * @param context the context at its start, a sender's
	 * @return the setter for the context's carrier, or {@code null} for the context's own
	 */
	default @Nullable TextMapSetter<Object> setter(C context) {
		return null;
	}

	/**
	 * Called when the span has started.
	 * @param context the context
	 * @param span the span, recording or not
	 */
	default void started(C context, Span span) {
	}

	/**
	 * The final name of the span.
	 * @param context the context at its end
	 * @return the name, or {@code null} to keep the one it started with
	 */
	default @Nullable String nameAtEnd(C context) {
		return null;
	}

	/**
	 * Writes the attributes that are known at the end. Only called for recording spans.
	 * @param context the context at its end
	 * @param attributes where to write
	 */
	default void attributesAtEnd(C context, SpanAttributes attributes) {
	}

	/**
	 * Called when all attributes of a recording span are written, and before its outcome
	 * is.
	 * @param context the context at its end
	 * @param span the span
	 */
	default void ending(C context, Span span) {
	}

	/**
	 * How the work ended.
	 * @param context the context at its end
	 * @return the outcome, by default the observation's error
	 */
	default SpanOutcome outcome(C context) {
		return SpanOutcome.of(context.getError());
	}

	/**
	 * Called when a recording span has all that is known and would end now. A convention
	 * that learns a little later what came of the work says that it ends the span itself,
	 * and then must, with the time of this call.
	 * @param context the context at its end
	 * @param span the span
	 * @return {@code true} if the convention ends the span, {@code false} unless
	 * overridden
	 */
	default boolean endsLater(C context, Span span) {
		return false;
	}

	/**
	 * Whether a key-value of the observation is already said by this convention's own
	 * attributes. All other key-values are written as text attributes.
	 * @param key the key
	 * @return {@code true} to leave the key-value out
	 */
	default boolean covers(String key) {
		return false;
	}

}
