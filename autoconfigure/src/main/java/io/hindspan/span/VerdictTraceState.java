package io.hindspan.span;

import java.util.Map;
import java.util.function.BiConsumer;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tracestate} that takes a verdict along. A sampler may choose the trace state
 * of the span that it is asked about, and every child inherits it, whoever makes it and
 * on whatever thread: the one place that all spans beneath a local root share, without a
 * table to look them up in. To everybody else it is the state that it wraps.
 */
public class VerdictTraceState implements TraceState {

	private final TraceState plain;

	private final Verdict verdict;

	/**
	 * Creates a state.
	 * @param plain the state as other services see it
	 * @param verdict the verdict
	 */
	public VerdictTraceState(TraceState plain, Verdict verdict) {
		this.plain = plain;
		this.verdict = verdict;
	}

	/**
	 * A state as other services see it.
	 * @param state a state of any kind
	 * @return the state without a verdict
	 */
	public static TraceState plain(TraceState state) {
		return (state instanceof VerdictTraceState own) ? own.plain : state;
	}

	/**
	 * The verdict that the state takes along.
	 * @return the verdict
	 */
	public final Verdict verdict() {
		return this.verdict;
	}

	@Override
	public @Nullable String get(String key) {
		return this.plain.get(key);
	}

	@Override
	public int size() {
		return this.plain.size();
	}

	@Override
	public boolean isEmpty() {
		return this.plain.isEmpty();
	}

	@Override
	public void forEach(BiConsumer<String, String> consumer) {
		this.plain.forEach(consumer);
	}

	@Override
	public Map<String, String> asMap() {
		return this.plain.asMap();
	}

	@Override
	public TraceStateBuilder toBuilder() {
		return this.plain.toBuilder();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof TraceState state && this.plain.equals(plain(state));
	}

	@Override
	public int hashCode() {
		return this.plain.hashCode();
	}

	@Override
	public String toString() {
		return this.plain.toString();
	}

}
