package io.hindspan.r2dbc;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import reactor.util.context.ContextView;

import io.hindspan.span.FullDetail;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.ParentContext;
import io.hindspan.span.SpanAttributes;
import io.hindspan.sql.DatabaseAttributes;
import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatement;
import io.hindspan.sql.SqlStatements;

/**
 * Starts the spans of statements. Until all beans are made it starts none, since the
 * tracer cannot be asked for while a schema is set up. Thread-safe.
 */
final class StatementTracer implements SmartInitializingSingleton {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.r2dbc";

	private static final Logger logger = LoggerFactory.getLogger(StatementTracer.class);

	private final ObjectProvider<InstrumentationTracers> tracers;

	private final boolean queryText;

	private final long acquireThreshold;

	private final Map<DatabaseSystem, SqlStatements> statements = new EnumMap<>(DatabaseSystem.class);

	private volatile @Nullable InstrumentationTracer tracer;

	StatementTracer(ObjectProvider<InstrumentationTracers> tracers, R2dbcTracingProperties properties) {
		this.tracers = tracers;
		this.queryText = properties.queryText();
		this.acquireThreshold = properties.acquireThreshold().toNanos();
		for (DatabaseSystem system : DatabaseSystem.values()) {
			this.statements.put(system, new SqlStatements(system));
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.tracers.ifAvailable((tracers) -> this.tracer = tracers.get(INSTRUMENTATION_SCOPE));
	}

	/**
	 * The context that a statement's span would have as its parent.
	 * @param subscriber the context of who subscribes to the statement's results
	 * @return the context, or {@code null} if no span is to be made
	 */
	@Nullable Context parent(ContextView subscriber) {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return null;
		}
		Object observation = subscriber.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
		Context parent = ParentContext.of((observation instanceof Observation given) ? given : null, Context.current());
		return tracer.leavesOut(parent) ? null : parent;
	}

	/**
	 * Starts a span.
	 * @param parent what {@link #parent} returned
	 * @param connection the connection
	 * @param statement what the statement does
	 * @param batchSize how many statements go together, or 0 if it is no batch
	 * @return the execution with its span, or {@code null} if it is not recorded
	 */
	@Nullable StatementExecution start(Context parent, TracedConnection connection, SqlStatement statement, int batchSize) {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return null;
		}
		try {
			Database database = connection.database();
			String name = statement.name();
			SpanBuilder builder = tracer.spanBuilder((name != null) ? name : database.system().stableName(),
					SpanKind.CLIENT, parent);
			SpanAttributes attributes = tracer.attributes(builder);
			attributes.put(DatabaseAttributes.SYSTEM, database.system().stableName(), database.system().legacyName())
				.put(DatabaseAttributes.NAMESPACE, database.namespace())
				.put(DatabaseAttributes.SERVER_ADDRESS, database.address())
				.put(DatabaseAttributes.SERVER_PORT, database.port());
			DatabaseAttributes.describe(attributes, statement, this.queryText, batchSize);
			Span span = builder.startSpan();
			if (span.isRecording()) {
				return new StatementExecution(tracer, span, parent, connection);
			}
			span.end();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a statement", ex);
		}
		return null;
	}

	/**
	 * Makes the span of a wait for a connection, now that it is over, if it is worth
	 * seeing and somebody is there to see it.
	 * @param subscriber the context of who asked for the connection
	 * @param nanos how long it took, in nanoseconds
	 * @param failure why no connection could be had, or {@code null} if one was
	 */
	void acquired(ContextView subscriber, long nanos, @Nullable Throwable failure) {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return;
		}
		try {
			Context parent = parent(subscriber);
			Span asking = (parent != null) ? Span.fromContext(parent) : Span.getInvalid();
			if (parent == null || !asking.isRecording() || (failure == null && nanos < this.acquireThreshold
					&& !FullDetail.isWanted(asking.getSpanContext()))) {
				return;
			}
			Span span = tracer.spanBuilder("db.connection.acquire", SpanKind.INTERNAL, parent)
				.setStartTimestamp(Instant.now().minusNanos(nanos))
				.startSpan();
			if (failure != null) {
				tracer.fail(span, parent, failure);
			}
			span.end();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not make the span of a connection", ex);
		}
	}

	SqlStatement describe(Database database, String sql) {
		try {
			return this.statements.get(database.system()).get(sql);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not read a statement", ex);
			return SqlStatement.UNKNOWN;
		}
	}

}
