package io.hindspan.neo4j;

import java.time.Duration;
import java.time.Instant;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.observation.micrometer.BoltExchangeContext;
import org.neo4j.driver.observation.micrometer.BoltHandleContext;
import org.neo4j.driver.observation.micrometer.MicrometerObservationProvider;
import org.neo4j.driver.observation.micrometer.PooledConnectionAcquireContext;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Leaves all else that the driver observes to the meters: sessions, transactions,
 * results, the pool and its connections. Of them, a wait for a connection that is worth
 * seeing becomes a span when it is over, and an exchange tells the query's span its
 * server.
 */
final class DriverConvention implements SpanConvention<Observation.Context> {

	private static final String PACKAGE = MicrometerObservationProvider.class.getPackageName();

	private final InstrumentationTracer tracer;

	private final long acquireThreshold;

	DriverConvention(InstrumentationTracers tracers, Duration acquireThreshold) {
		this.tracer = tracers.get(QueryConvention.INSTRUMENTATION_SCOPE);
		this.acquireThreshold = acquireThreshold.toNanos();
	}

	@Override
	public Class<Observation.Context> contextType() {
		return Observation.Context.class;
	}

	@Override
	public boolean supports(Class<?> type) {
		return type.getPackageName().equals(PACKAGE) && type != BoltHandleContext.class;
	}

	@Override
	public boolean leavesOut(Observation.Context context, Span parent) {
		return true;
	}

	/**
	 * The one place that tells the context of the caller, which the span of a wait is
	 * made in.
	 */
	@Override
	public Context parent(Observation.Context context, Context found) {
		if (context instanceof PooledConnectionAcquireContext && Span.fromContext(found).isRecording()) {
			context.put(Wait.class, new Wait(found, Instant.now(), System.nanoTime()));
		}
		return found;
	}

	@Override
	public void endedLeftOut(Observation.Context context, Span parent, SpanAttributes attributes) {
		Wait wait = context.get(Wait.class);
		if (wait != null) {
			acquired(wait, context.getError());
		}
		else if (context instanceof BoltExchangeContext exchange && isBeneathTraced(exchange)) {
			attributes.put(Neo4jAttributes.SERVER_ADDRESS, exchange.host());
			if (exchange.port() >= 0) {
				attributes.put(Neo4jAttributes.SERVER_PORT, exchange.port());
			}
		}
	}

	private void acquired(Wait wait, @Nullable Throwable failure) {
		if (failure == null && System.nanoTime() - wait.nanos() < this.acquireThreshold) {
			return;
		}
		SpanBuilder builder = this.tracer.spanBuilder("db.connection.acquire", SpanKind.INTERNAL, wait.caller())
			.setStartTimestamp(wait.start());
		Span span = builder.startSpan();
		if (failure != null) {
			this.tracer.fail(span, wait.caller(), failure);
		}
		span.end();
	}

	/**
	 * Otherwise the span that stands for the exchange is the application's own.
	 */
	private static boolean isBeneathTraced(BoltExchangeContext exchange) {
		ObservationView parent = exchange.getParentObservation();
		return parent != null && parent.getContextView() instanceof BoltHandleContext handle
				&& QueryConvention.isTraced(handle);
	}

	@Override
	public String instrumentationScope() {
		return QueryConvention.INSTRUMENTATION_SCOPE;
	}

	@Override
	public SpanKind kind(Observation.Context context) {
		return SpanKind.INTERNAL;
	}

	@Override
	public String nameAtStart(Observation.Context context) {
		return context.getName();
	}

	@Override
	public void attributesAtStart(Observation.Context context, SpanAttributes attributes) {
	}

	/**
	 * A wait for a connection beneath a span.
	 *
	 * @param caller the context that the connection was asked for in
	 * @param start when that was
	 * @param nanos the same by the clock that durations are taken from
	 */
	private record Wait(Context caller, Instant start, long nanos) {

	}

}
