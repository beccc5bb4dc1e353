package io.hindspan.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.hindspan.span.FullDetail;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.sql.DatabaseAttributes;
import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatement;
import io.hindspan.sql.SqlStatements;

/**
 * Starts the spans of statements. Until all beans are made it starts none: a schema is
 * often set up before the tracer can be, and asking for the tracer at that time would
 * bring half of the application to life too early. Thread-safe.
 */
final class StatementTracer implements SmartInitializingSingleton {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.jdbc";

	private static final int MAX_DATABASES = 1000;

	private static final Logger logger = LoggerFactory.getLogger(StatementTracer.class);

	private final ObjectProvider<InstrumentationTracers> tracers;

	private final boolean queryText;

	private final long acquireThreshold;

	private final SqlComments comments;

	private final SqlStatements statements = new SqlStatements(DatabaseSystem.OTHER);

	private final SqlStatements statementsWithQuotedValues = new SqlStatements(DatabaseSystem.MYSQL);

	private final Map<String, Database> databases = new ConcurrentHashMap<>();

	private final ObjectProvider<PoolMetadata> poolMetadata;

	private volatile @Nullable PoolMetadata pools;

	private volatile @Nullable InstrumentationTracer tracer;

	StatementTracer(ObjectProvider<InstrumentationTracers> tracers, ObjectProvider<PoolMetadata> poolMetadata,
			JdbcTracingProperties properties, @Nullable String application) {
		this.tracers = tracers;
		this.poolMetadata = poolMetadata;
		this.queryText = properties.queryText();
		this.acquireThreshold = properties.acquireThreshold().toNanos();
		this.comments = new SqlComments(properties.sqlComment(), application);
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.pools = this.poolMetadata.getIfAvailable();
		this.tracers.ifAvailable((tracers) -> this.tracer = tracers.get(INSTRUMENTATION_SCOPE));
	}

	/**
	 * The context that a statement's span would have as its parent now.
	 * @return the context, or {@code null} if no span is to be made
	 */
	@Nullable Context parent() {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return null;
		}
		Context parent = Context.current();
		return tracer.leavesOut(parent) ? null : parent;
	}

	/**
	 * Starts a span.
	 * @param parent what {@link #parent()} returned
	 * @param database the database
	 * @param statement what the statement does
	 * @param batchSize how many statements go together, or 0 if it is no batch
	 * @return the span, or {@code null} if it is not recorded
	 */
	@Nullable StatementSpan start(Context parent, Database database, SqlStatement statement, int batchSize) {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return null;
		}
		try {
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
				return new StatementSpan(tracer, span, parent, database.system());
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
	 * @param acquisition the wait
	 * @param failure why no connection could be had, or {@code null} if one was
	 */
	void acquired(Acquisition acquisition, @Nullable Throwable failure) {
		InstrumentationTracer tracer = this.tracer;
		if (tracer == null) {
			return;
		}
		long nanos = acquisition.nanos();
		Context parent = Context.current();
		Span asking = Span.fromContext(parent);
		if (!asking.isRecording() || (failure == null && nanos < this.acquireThreshold
				&& !FullDetail.isWanted(asking.getSpanContext()))) {
			return;
		}
		try {
			SpanBuilder builder = tracer.spanBuilder("db.connection.acquire", SpanKind.INTERNAL, parent)
				.setStartTimestamp(Instant.now().minusNanos(nanos));
			PoolState pool = PoolState.of(acquisition, this.pools);
			tracer.attributes(builder)
				.put(PoolAttributes.NAME, pool.name())
				.put(PoolAttributes.ACTIVE, pool.active())
				.put(PoolAttributes.IDLE, pool.idle())
				.put(PoolAttributes.WAITING, pool.waiting())
				.put(PoolAttributes.MAX, pool.max());
			Span span = builder.startSpan();
			if (failure != null) {
				tracer.fail(span, parent, failure);
			}
			span.end();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not make the span of a connection", ex);
		}
	}

	/**
	 * The text to prepare, with its comment.
	 */
	String prepare(Database database, String sql) {
		if (this.tracer == null || !this.comments.areWritten()) {
			return sql;
		}
		return this.comments.prepare(sql, describe(database, sql), database, Span.current().getSpanContext());
	}

	/**
	 * The text to execute, with its comment.
	 * @param span the span of the execution, or {@code null} if it has none
	 */
	String execute(Database database, String sql, @Nullable StatementSpan span) {
		if (this.tracer == null || !this.comments.areWritten()) {
			return sql;
		}
		return this.comments.execute(sql, describe(database, sql), database,
				(span != null) ? span.context() : SpanContext.getInvalid());
	}

	SqlStatement describe(Database database, String sql) {
		try {
			return (database.system().quotesValuesTwice() ? this.statementsWithQuotedValues : this.statements).get(sql);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not read a statement", ex);
			return SqlStatement.UNKNOWN;
		}
	}

	/**
	 * The database behind a connection. Drivers know their URL without asking the server.
	 */
	Database database(Connection connection) {
		try {
			String url = connection.getMetaData().getURL();
			if (url == null) {
				return Database.UNKNOWN;
			}
			Database database = this.databases.get(url);
			if (database == null) {
				database = Database.of(url);
				if (this.databases.size() < MAX_DATABASES) {
					this.databases.put(url, database);
				}
			}
			return database;
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("Could not find out the database of a connection", ex);
			return Database.UNKNOWN;
		}
	}

}
