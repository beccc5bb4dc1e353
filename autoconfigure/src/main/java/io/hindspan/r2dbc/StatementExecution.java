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
import io.hindspan.sql.DatabaseAttributes;
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

	Result add(Result result) {
		synchronized (this) {
			this.open++;
		}
		return new TracedResult(result, this);
	}

	@Override
	public void doOnComplete() {
		perform(noMoreResults());
	}

	@Override
	public void doOnError(Throwable error) {
		perform(failed(error));
	}

	/**
	 * Reactor cancels as well when it has what it asked for.
	 */
	@Override
	public void doOnCancel() {
		perform(abandoned());
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
	 * A message of the database that the application reads itself. Some only inform.
	 */
	void told(Result.Message message) {
		perform(() -> {
			String state = message.sqlState();
			if (state == null || !(state.startsWith("00") || state.startsWith("01") || state.startsWith("02"))) {
				perform(failed(message.exception()));
			}
		});
	}

	void readToEnd() {
		perform(finishedReading());
	}

	void failedReading(Throwable error) {
		perform(failedByWhoeverReads(error));
	}

	void stoppedReading() {
		perform(stopped());
	}

	/**
	 * Ends the span of an execution whose results nobody reads.
	 */
	void endUnread() {
		perform(endIfUnread());
	}

	private synchronized @Nullable Runnable noMoreResults() {
		this.allResultsCame = true;
		return endOrWait();
	}

	private synchronized @Nullable Runnable abandoned() {
		return (this.open == 0 && !this.answered) ? end(SpanOutcome.failed(CANCELLED, null)) : noMoreResults();
	}

	private synchronized @Nullable Runnable failed(Throwable error) {
		return end(SpanOutcome.of(error));
	}

	private synchronized @Nullable Runnable finishedReading() {
		this.answered = true;
		this.open--;
		this.reading--;
		return endOrWait();
	}

	private synchronized @Nullable Runnable failedByWhoeverReads(Throwable error) {
		return (error == this.applicationsOwn) ? finishedReading() : failed(error);
	}

	private synchronized @Nullable Runnable stopped() {
		return this.answered ? finishedReading() : end(SpanOutcome.failed(CANCELLED, null));
	}

	private synchronized @Nullable Runnable endIfUnread() {
		return (this.reading <= 0) ? end(SpanOutcome.unset()) : null;
	}

	private @Nullable Runnable endOrWait() {
		if (!this.allResultsCame || this.ended) {
			return null;
		}
		if (this.open <= 0) {
			return end(SpanOutcome.unset());
		}
		return (this.reading <= 0) ? this::waitForReader : null;
	}

	private @Nullable Runnable end(SpanOutcome outcome) {
		if (this.ended) {
			return null;
		}
		this.ended = true;
		long returned = this.returnedRows;
		long affected = this.affectedRows;
		long at = (this.open > 0) ? this.endEpochNanos : 0;
		return () -> end(outcome, returned, affected, at);
	}

	/**
	 * Does what was decided, with no lock held: the processors of spans are code of the
	 * application as well, and another execution has a lock of its own.
	 */
	private void perform(@Nullable Runnable decided) {
		if (decided == null) {
			return;
		}
		try {
			decided.run();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not end the span of a statement", ex);
		}
	}

	private void waitForReader() {
		if (this.span instanceof ReadableSpan readable) {
			// By the clock of its trace, which need not be that of the system
			long arrival = readable.toSpanData().getStartEpochNanos() + readable.getLatencyNanos();
			synchronized (this) {
				this.endEpochNanos = arrival;
			}
		}
		this.connection.waitFor(this);
	}

	private void end(SpanOutcome outcome, long returned, long affected, long at) {
		try {
			if (outcome.exception() instanceof R2dbcException exception) {
				this.tracer.attributes(this.span).put(DatabaseAttributes.STATUS_CODE, statusCode(exception));
			}
			this.tracer.outcome(this.span, this.parent, outcome);
			if (returned != NONE) {
				this.tracer.attributes(this.span).put(DatabaseAttributes.RETURNED_ROWS, returned);
			}
			if (affected != NONE) {
				this.tracer.attributes(this.span).put(DatabaseAttributes.AFFECTED_ROWS, affected);
			}
		}
		finally {
			if (at != 0) {
				this.span.end(at, TimeUnit.NANOSECONDS);
			}
			else {
				this.span.end();
			}
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
