package io.hindspan.span;

import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is not believed: of his headers, the ids of his span are good for a link,
 * and nothing else counts.
 */
public final class UntrustedSender {

	private static final ContextKey<Boolean> KEY = ContextKey.named("hindspan-untrusted-sender");

	private UntrustedSender() {
	}

	/**
	 * Whether the headers that a propagator is about to read are not believed. What they
	 * ask for must not be done.
	 * @param context the context that the propagator is to extend
	 * @return {@code true} if they are only read for the ids of a span
	 */
	public static boolean isIn(Context context) {
		return context.get(KEY) != null;
	}

	static <C> SpanContext spanOf(TextMapPropagator propagator, C carrier, TextMapGetter<C> getter) {
		Context read = propagator.extract(Context.root().with(KEY, Boolean.TRUE), carrier, getter);
		SpanContext told = Span.fromContext(read).getSpanContext();
		return told.isValid() ? SpanContext.createFromRemoteParent(told.getTraceId(), told.getSpanId(),
				TraceFlags.getDefault(), TraceState.getDefault()) : told;
	}

	/**
	 * The context as it is where there are no headers: propagators also forget there what
	 * a request before has left.
	 */
	static Context nothingOf(TextMapPropagator propagator, Context base) {
		return propagator.extract(base, NoHeaders.GETTER, NoHeaders.GETTER);
	}

	private enum NoHeaders implements TextMapGetter<NoHeaders> {

		GETTER;

		@Override
		public Iterable<String> keys(NoHeaders carrier) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable NoHeaders carrier, String key) {
			return null;
		}

	}

}
