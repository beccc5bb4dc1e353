package io.hindspan.r2dbc;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.observability.DefaultSignalListener;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.SpanOutcome;
import io.hindspan.sql.DatabaseSystem;

/**
 * One execution of a statement and its span, which ends with the last of its results. A
 * result that nobody reads would keep it open: then it ends with the next statement of
 * the connection, or with the connection. Signals come from any thread.
 */
final class StatementExecution extends DefaultSignalListener<Result> {

	private static final Logger logger = LoggerFactory.getLogger(StatementExecution.class);

	private static final String CANCELLED = "cancelled";

	private static final long NONE = -1;

	private final InstrumentationTracer tracer;

	private final Span span;

	private final Context parent;

	private final TracedConnection connection;

	private long returnedRows = NONE;

	private long affectedRows = NONE;

	/** Results that came and were not read to their end. */
	private int open;

	/** Results that are being read. */
	private int reading;

	private boolean answered;

	private boolean allResultsCame;

	private long endEpochNanos;

	private @Nullable Throwable applicationsOwn;

	private boolean ended;

	StatementExecution(InstrumentationTracer tracer, Span span, Context parent, TracedConnection connection) {
		this.tracer = tracer;
		this.span = span;
		this.parent = parent;
		this.connection = connection;
	}

	synchronized Result add(Result result) {
		this.open++;
		return new TracedResult(result, this);
	}

	@Override
	public void doOnComplete() {
		noMoreResults();
	}

	@Override
	public void doOnError(Throwable error) {
		end(error);
	}

	/**
	 * Reactor cancels as well when it has what it asked for.
	 */
	@Override
	public synchronized void doOnCancel() {
		if (this.open == 0 && !this.answered) {
			cancelled();
		}
		else {
			noMoreResults();
		}
	}

	private synchronized void noMoreResults() {
		this.allResultsCame = true;
		endOrWait();
	}

	synchronized void startReading() {
		this.reading++;
	}

	/**
	 * Rows are about to be read.
	 */
	synchronized void startCounting() {
		this.returnedRows = Math.max(0, this.returnedRows);
	}

	synchronized void countRow() {
		this.answered = true;
		this.returnedRows = Math.max(0, this.returnedRows) + 1;
	}

	synchronized void countAffected(long rows) {
		this.answered = true;
		this.affectedRows = Math.max(0, this.affectedRows) + rows;
	}

	/**
	 * What was thrown by code of the application, which reads the rows, is no failure of
	 * the statement.
	 */
	synchronized void thrownByApplication(Throwable exception) {
		this.applicationsOwn = exception;
	}

	/**
	 * A message of the database that the application reads itself.
	 */
	void told(R2dbcException exception) {
		end(exception);
	}

	synchronized void readToEnd() {
		this.answered = true;
		finishedReading();
	}

	synchronized void failedReading(Throwable error) {
		if (error == this.applicationsOwn) {
			readToEnd();
		}
		else {
			end(error);
		}
	}

	synchronized void stoppedReading() {
		if (this.answered) {
			finishedReading();
		}
		else {
			cancelled();
		}
	}

	private void finishedReading() {
		this.open--;
		this.reading--;
		endOrWait();
	}

	private void endOrWait() {
		if (!this.allResultsCame || this.ended) {
			return;
		}
		if (this.open <= 0) {
			end(null);
		}
		else if (this.reading <= 0) {
			if (this.span instanceof ReadableSpan readable) {
				// By the clock of its trace, which need not be that of the system
				this.endEpochNanos = readable.toSpanData().getStartEpochNanos() + readable.getLatencyNanos();
			}
			this.connection.waitFor(this);
		}
	}

	/**
	 * Ends the span of an execution whose results nobody reads.
	 */
	synchronized void endUnread() {
		if (this.reading <= 0) {
			end(null);
		}
	}

	private synchronized void end(@Nullable Throwable failure) {
		if (this.ended) {
			return;
		}
		try {
			if (failure instanceof R2dbcException exception) {
				this.tracer.attributes(this.span).put(R2dbcAttributes.STATUS_CODE, statusCode(exception));
			}
			finish(SpanOutcome.of(failure));
		}
		catch (RuntimeException ex) {
			logger.debug("Could not end the span of a statement", ex);
		}
	}

	private void cancelled() {
		finish(SpanOutcome.failed(CANCELLED, null));
	}

	private void finish(SpanOutcome outcome) {
		if (this.ended) {
			return;
		}
		this.ended = true;
		this.tracer.outcome(this.span, this.parent, outcome);
		if (this.returnedRows != NONE) {
			this.tracer.attributes(this.span).put(R2dbcAttributes.RETURNED_ROWS, this.returnedRows);
		}
		if (this.affectedRows != NONE) {
			this.tracer.attributes(this.span).put(R2dbcAttributes.AFFECTED_ROWS, this.affectedRows);
		}
		if (this.endEpochNanos != 0 && this.open > 0) {
			this.span.end(this.endEpochNanos, TimeUnit.NANOSECONDS);
		}
		else {
			this.span.end();
		}
	}

	private @Nullable String statusCode(R2dbcException exception) {
		DatabaseSystem system = this.connection.database().system();
		String state = exception.getSqlState();
		if (exception.getErrorCode() != 0 && (system.numbersErrors() || state == null)) {
			return Integer.toString(exception.getErrorCode());
		}
		return state;
	}

}
