package io.hindspan.r2dbc;

import java.util.ArrayList;
import java.util.List;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Result;
import org.reactivestreams.Publisher;

import io.hindspan.sql.SqlStatement;

/**
 * A batch of statements, which is one span.
 */
final class TracedBatch implements Batch, DriverObject<Batch> {

	/** How many texts are looked at to tell what the batch does. */
	private static final int MAX_TEXTS = 100;

	private final Batch delegate;

	private final TracedConnection connection;

	private final List<String> texts = new ArrayList<>();

	private int size;

	TracedBatch(Batch delegate, TracedConnection connection) {
		this.delegate = delegate;
		this.connection = connection;
	}

	@Override
	public Batch unwrap() {
		return this.delegate;
	}

	@Override
	public Batch add(String sql) {
		this.delegate.add(sql);
		if (this.texts.size() < MAX_TEXTS) {
			this.texts.add(sql);
		}
		this.size++;
		return this;
	}

	@Override
	public Publisher<? extends Result> execute() {
		return this.connection.trace(this.delegate.execute(), this::describe, this.size);
	}

	private SqlStatement describe() {
		SqlStatement statement = null;
		for (String text : this.texts) {
			SqlStatement next = this.connection.describe(text);
			if (statement != null && !statement.isLike(next)) {
				return SqlStatement.MIXED_BATCH;
			}
			statement = next;
		}
		return (statement != null) ? statement : SqlStatement.MIXED_BATCH;
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
