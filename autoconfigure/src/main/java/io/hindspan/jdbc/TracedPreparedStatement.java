package io.hindspan.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import io.hindspan.sql.SqlStatement;

/**
 * A prepared statement that has a span for each execution.
 *
 * @param <S> the type of the statement behind this one
 */
class TracedPreparedStatement<S extends PreparedStatement> extends DelegatingPreparedStatement<S> {

	private final String sql;

	/** What the statement does, once a span has asked for it. */
	private @Nullable SqlStatement statement;

	TracedPreparedStatement(S delegate, TracedConnection connection, String sql) {
		super(delegate, connection);
		this.sql = sql;
	}

	@Override
	public ResultSet executeQuery() throws SQLException {
		StatementSpan span = start();
		try {
			return read(span, delegate().executeQuery());
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	@Override
	public boolean execute() throws SQLException {
		StatementSpan span = start();
		try {
			return executed(span, delegate().execute());
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	@Override
	public int executeUpdate() throws SQLException {
		StatementSpan span = start();
		try {
			return updated(span, delegate().executeUpdate());
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	@Override
	public long executeLargeUpdate() throws SQLException {
		StatementSpan span = start();
		try {
			return updated(span, delegate().executeLargeUpdate());
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	@Override
	public void addBatch() throws SQLException {
		delegate().addBatch();
		addedToBatch();
	}

	private @Nullable StatementSpan start() {
		endWaiting();
		Context parent = connection().parent();
		return (parent != null) ? connection().start(parent, describe(), 0) : null;
	}

	@Override
	SqlStatement describeBatch() {
		return describe();
	}

	private SqlStatement describe() {
		SqlStatement statement = this.statement;
		if (statement == null) {
			statement = connection().describe(this.sql);
			this.statement = statement;
		}
		return statement;
	}

}
