package io.hindspan.r2dbc;

import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import org.reactivestreams.Publisher;

/**
 * A statement whose executions have spans.
 */
final class TracedStatement implements Statement, DriverObject<Statement> {

	private final Statement delegate;

	private final TracedConnection connection;

	private final String sql;

	private int complete;

	private boolean bound;

	TracedStatement(Statement delegate, TracedConnection connection, String sql) {
		this.delegate = delegate;
		this.connection = connection;
		this.sql = sql;
	}

	@Override
	public Statement unwrap() {
		return this.delegate;
	}

	@Override
	public Statement add() {
		this.delegate.add();
		this.complete++;
		this.bound = false;
		return this;
	}

	@Override
	public Statement bind(int index, Object value) {
		this.delegate.bind(index, value);
		this.bound = true;
		return this;
	}

	@Override
	public Statement bind(String name, Object value) {
		this.delegate.bind(name, value);
		this.bound = true;
		return this;
	}

	@Override
	public Statement bindNull(int index, Class<?> type) {
		this.delegate.bindNull(index, type);
		this.bound = true;
		return this;
	}

	@Override
	public Statement bindNull(String name, Class<?> type) {
		this.delegate.bindNull(name, type);
		this.bound = true;
		return this;
	}

	@Override
	public Statement returnGeneratedValues(String... columns) {
		this.delegate.returnGeneratedValues(columns);
		return this;
	}

	@Override
	public Statement fetchSize(int rows) {
		this.delegate.fetchSize(rows);
		return this;
	}

	@Override
	public Publisher<? extends Result> execute() {
		int size = this.complete + (this.bound ? 1 : 0);
		return this.connection.trace(this.delegate.execute(), () -> this.connection.describe(this.sql), size);
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
