package io.hindspan.jdbc;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.sql.DatabaseAttributes;
import io.hindspan.sql.DatabaseSystem;

/**
 * The span of one execution of a statement. Its time is that of the execution, but it is
 * handed on only when its rows have been counted, at the end of the result set or when
 * that, its statement or its connection is closed. Ended once, whoever comes first.
 */
final class StatementSpan {

	private static final Logger logger = LoggerFactory.getLogger(StatementSpan.class);

	private static final int NOT_READ = -1;

	private final InstrumentationTracer tracer;

	private final Span span;

	private final Context parent;

	private final DatabaseSystem system;

	private long rows = NOT_READ;

	private long endEpochNanos;

	private boolean ended;

	/** The neighbours among the connection's spans that wait for their rows. */
	@Nullable StatementSpan newer;

	@Nullable StatementSpan older;

	private @Nullable TracedConnection connection;

	StatementSpan(InstrumentationTracer tracer, Span span, Context parent, DatabaseSystem system) {
		this.tracer = tracer;
		this.span = span;
		this.parent = parent;
		this.system = system;
	}

	SpanContext context() {
		return this.span.getSpanContext();
	}

	/**
	 * The statement was executed, and what came of it is still to be read.
	 */
	void waitForRows(TracedConnection connection) {
		if (this.span instanceof ReadableSpan readable) {
			// By the clock of its trace, which need not be that of the system
			this.endEpochNanos = readable.toSpanData().getStartEpochNanos() + readable.getLatencyNanos();
		}
		this.connection = connection;
		connection.add(this);
	}

	/**
	 * Rows are about to be read.
	 */
	void startCounting() {
		this.rows = Math.max(0, this.rows);
	}

	void countRow() {
		this.rows++;
	}

	/**
	 * The cursor stands at a row, in whatever order the rows are read.
	 */
	void countRowsTo(int row) {
		this.rows = Math.max(this.rows, row);
	}

	void end() {
		end(null);
	}

	void endWithAffectedRows(long rows) {
		if (!this.ended && rows >= 0) {
			this.tracer.attributes(this.span).put(DatabaseAttributes.AFFECTED_ROWS, rows);
		}
		end(null);
	}

	/**
	 * Ends the span.
	 * @param failure what was thrown, or {@code null} if nothing was
	 */
	void end(@Nullable Throwable failure) {
		if (this.ended) {
			return;
		}
		this.ended = true;
		TracedConnection connection = this.connection;
		if (connection != null) {
			connection.remove(this);
		}
		try {
			if (failure != null) {
				fail(failure);
			}
			if (this.rows != NOT_READ) {
				this.tracer.attributes(this.span).put(DatabaseAttributes.RETURNED_ROWS, this.rows);
			}
			if (this.endEpochNanos != 0 && failure == null) {
				this.span.end(this.endEpochNanos, TimeUnit.NANOSECONDS);
			}
			else {
				this.span.end();
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not end the span of a statement", ex);
		}
	}

	private void fail(Throwable failure) {
		if (failure instanceof SQLException exception) {
			this.tracer.attributes(this.span).put(DatabaseAttributes.STATUS_CODE, statusCode(exception));
		}
		this.tracer.fail(this.span, this.parent, failure);
	}

	private @Nullable String statusCode(SQLException exception) {
		String state = exception.getSQLState();
		if (exception.getErrorCode() != 0 && (this.system.numbersErrors() || state == null)) {
			return Integer.toString(exception.getErrorCode());
		}
		return state;
	}

}
