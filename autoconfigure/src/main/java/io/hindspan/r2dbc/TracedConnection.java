package io.hindspan.r2dbc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.opentelemetry.context.Context;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import io.hindspan.sql.SqlStatement;

/**
 * A connection whose statements are traced. It unwraps to what its connection would, so
 * that a pooled one leads to the driver's as ever.
 */
final class TracedConnection implements Connection, Lifecycle, Wrapped<Connection> {

	private final AtomicReference<@Nullable StatementExecution> waiting = new AtomicReference<>();

	private final Connection delegate;

	private final StatementTracer tracer;

	private final Database database;

	TracedConnection(Connection delegate, StatementTracer tracer, Database database) {
		this.delegate = delegate;
		this.tracer = tracer;
		this.database = database;
	}

	Database database() {
		return this.database;
	}

	SqlStatement describe(String sql) {
		return this.tracer.describe(this.database, sql);
	}

	/**
	 * Traces each execution of a statement.
	 * @param results the driver's results
	 * @param statement tells what the statement does
	 * @param size how many statements go together
	 */
	Publisher<Result> trace(Publisher<? extends Result> results, Supplier<SqlStatement> statement, int size) {
		return TracedPublishers.watch(results, (subscriber) -> {
			endUnread();
			Context parent = this.tracer.parent(subscriber);
			if (parent == null) {
				return null;
			}
			SqlStatement described = statement.get();
			StatementExecution execution = this.tracer.start(parent, this, (size > 1) ? described.batch() : described,
					(size > 1) ? size : 0);
			return (execution != null) ? new TracedPublishers.Watch<>(execution::add, execution) : null;
		});
	}

	/**
	 * The results of a statement came, and nobody reads them.
	 */
	void waitFor(StatementExecution execution) {
		StatementExecution other = this.waiting.getAndSet(execution);
		if (other != null && other != execution) {
			other.endUnread();
		}
	}

	private void endUnread() {
		StatementExecution unread = this.waiting.getAndSet(null);
		if (unread != null) {
			unread.endUnread();
		}
	}

	@Override
	public Connection unwrap() {
		return (this.delegate instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection connection)
				? connection : this.delegate;
	}

	@Override
	public <E> @Nullable E unwrap(Class<E> targetClass) {
		if (targetClass == TracedConnection.class) {
			return targetClass.cast(this);
		}
		if (this.delegate instanceof Wrapped<?> wrapped) {
			E unwrapped = wrapped.unwrap(targetClass);
			if (unwrapped != null) {
				return unwrapped;
			}
		}
		Connection driversOwn = unwrap();
		return targetClass.isInstance(driversOwn) ? targetClass.cast(driversOwn) : null;
	}

	@Override
	public Publisher<Void> postAllocate() {
		return (this.delegate instanceof Lifecycle lifecycle) ? lifecycle.postAllocate() : Mono.empty();
	}

	@Override
	public Publisher<Void> preRelease() {
		return (this.delegate instanceof Lifecycle lifecycle) ? lifecycle.preRelease() : Mono.empty();
	}

	@Override
	public Statement createStatement(String sql) {
		return new TracedStatement(this.delegate.createStatement(sql), this, sql);
	}

	@Override
	public Batch createBatch() {
		return new TracedBatch(this.delegate.createBatch(), this);
	}

	@Override
	public Publisher<Void> close() {
		return TracedPublishers.before(this.delegate.close(), this::endUnread);
	}

	@Override
	public Publisher<Void> beginTransaction() {
		return this.delegate.beginTransaction();
	}

	@Override
	public Publisher<Void> beginTransaction(TransactionDefinition definition) {
		return this.delegate.beginTransaction(definition);
	}

	@Override
	public Publisher<Void> commitTransaction() {
		return this.delegate.commitTransaction();
	}

	@Override
	public Publisher<Void> rollbackTransaction() {
		return this.delegate.rollbackTransaction();
	}

	@Override
	public Publisher<Void> rollbackTransactionToSavepoint(String name) {
		return this.delegate.rollbackTransactionToSavepoint(name);
	}

	@Override
	public Publisher<Void> createSavepoint(String name) {
		return this.delegate.createSavepoint(name);
	}

	@Override
	public Publisher<Void> releaseSavepoint(String name) {
		return this.delegate.releaseSavepoint(name);
	}

	@Override
	public boolean isAutoCommit() {
		return this.delegate.isAutoCommit();
	}

	@Override
	public Publisher<Void> setAutoCommit(boolean autoCommit) {
		return this.delegate.setAutoCommit(autoCommit);
	}

	@Override
	public ConnectionMetadata getMetadata() {
		return this.delegate.getMetadata();
	}

	@Override
	public IsolationLevel getTransactionIsolationLevel() {
		return this.delegate.getTransactionIsolationLevel();
	}

	@Override
	public Publisher<Void> setTransactionIsolationLevel(IsolationLevel isolationLevel) {
		return this.delegate.setTransactionIsolationLevel(isolationLevel);
	}

	@Override
	public Publisher<Void> setLockWaitTimeout(Duration timeout) {
		return this.delegate.setLockWaitTimeout(timeout);
	}

	@Override
	public Publisher<Void> setStatementTimeout(Duration timeout) {
		return this.delegate.setStatementTimeout(timeout);
	}

	@Override
	public Publisher<Boolean> validate(ValidationDepth depth) {
		return this.delegate.validate(depth);
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
