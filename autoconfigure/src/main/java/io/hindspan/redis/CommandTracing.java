package io.hindspan.redis;

import java.net.SocketAddress;

import io.lettuce.core.tracing.TraceContext;
import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.TracerProvider;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Observes commands as Lettuce's {@code MicrometerTracing} does, and knows more: what was
 * current where the command was called, the database of the connection, and what the
 * command failed with. Thread-safe.
 */
final class CommandTracing implements Tracing, TraceContextProvider {

	private static final int UNKNOWN = -1;

	private static final int SEVERAL = -2;

	private final Tracer tracer = new CommandTracer();

	private final ObservationRegistry registry;

	private volatile int database = UNKNOWN;

	CommandTracing(ObservationRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Notes the database that connections begin with. Where connections to several
	 * databases share one tracing, none can be told.
	 * @param database the index of the database
	 */
	synchronized void usedFor(int database) {
		this.database = (this.database == UNKNOWN || this.database == database) ? database : SEVERAL;
	}

	@Override
	public TracerProvider getTracerProvider() {
		return () -> this.tracer;
	}

	@Override
	public TraceContextProvider initialTraceContextProvider() {
		return this;
	}

	@Override
	public boolean isEnabled() {
		return true;
	}

	@Override
	public boolean includeCommandArgsInSpanTags() {
		return false;
	}

	@Override
	public Endpoint createEndpoint(SocketAddress socketAddress) {
		int index = this.database;
		return new RedisEndpoint(socketAddress, (index >= 0) ? Integer.toString(index) : null);
	}

	@Override
	public TraceContext getTraceContext() {
		Context context = Context.current();
		Observation observation = this.registry.getCurrentObservation();
		return new Caller(isOfTheTraceOf(context, observation) ? observation : null, context);
	}

	/**
	 * A span of another trace that was made current by hand, beneath the observation, is
	 * the caller then.
	 */
	private static boolean isOfTheTraceOf(Context context, @Nullable Observation observation) {
		SpanContext current = io.opentelemetry.api.trace.Span.fromContext(context).getSpanContext();
		TracingContext tracing = (observation != null && current.isValid())
				? observation.getContextView().get(TracingContext.class) : null;
		io.micrometer.tracing.Span span = (tracing != null) ? tracing.getSpan() : null;
		return span == null || span.context().traceId().equals(current.getTraceId());
	}

	/**
	 * In a reactive chain Reactor's context tells the caller, under the keys that
	 * Lettuce's own tracing knows; outside of one it is the subscriber.
	 */
	@Override
	public Mono<TraceContext> getTraceContextLater() {
		return Mono.deferContextual((context) -> Mono.just(reactiveCaller(context)));
	}

	private TraceContext reactiveCaller(ContextView context) {
		if (!context.hasKey(Observation.class) && context.hasKey(TraceContext.class)) {
			return context.get(TraceContext.class);
		}
		Object observation = context.getOrDefault(Observation.class,
				context.getOrDefault(ObservationThreadLocalAccessor.KEY, null));
		return new Caller((observation instanceof Observation given) ? given : this.registry.getCurrentObservation(),
				Context.current());
	}

	private final class CommandTracer extends Tracer {

		@Override
		public Span nextSpan() {
			return new CommandSpan(CommandTracing.this.registry, null, Context.root());
		}

		@Override
		public Span nextSpan(TraceContext traceContext) {
			if (!(traceContext instanceof Caller caller)) {
				return nextSpan();
			}
			if (caller.answered) {
				return SentAgain.INSTANCE;
			}
			caller.answered = true;
			return new CommandSpan(CommandTracing.this.registry, caller.observation, caller.context);
		}

	}

	/**
	 * What was current where a command was called. Made for each command, so that one
	 * which is sent again, after a reconnection or to another node of a cluster, does not
	 * get a second span.
	 */
	private static final class Caller implements TraceContext {

		private final @Nullable Observation observation;

		private final Context context;

		private boolean answered;

		Caller(@Nullable Observation observation, Context context) {
			this.observation = observation;
			this.context = context;
		}

	}

}
