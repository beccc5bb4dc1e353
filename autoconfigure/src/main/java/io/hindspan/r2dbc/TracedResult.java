package io.hindspan.r2dbc;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import org.reactivestreams.Publisher;
import reactor.core.observability.DefaultSignalListener;

/**
 * Counts what is read of a result.
 */
final class TracedResult implements Result, DriverObject<Result> {

	private final Result delegate;

	private final StatementExecution execution;

	private final AtomicBoolean read;

	TracedResult(Result delegate, StatementExecution execution) {
		this(delegate, execution, new AtomicBoolean());
	}

	private TracedResult(Result delegate, StatementExecution execution, AtomicBoolean read) {
		this.delegate = delegate;
		this.execution = execution;
		this.read = read;
	}

	@Override
	public Result unwrap() {
		return this.delegate;
	}

	@Override
	public Publisher<Long> getRowsUpdated() {
		return TracedPublishers.listen(this.delegate.getRowsUpdated(), () -> new Reading<>() {

			@Override
			public void doOnNext(Long rows) {
				TracedResult.this.execution.countAffected(rows);
			}

		});
	}

	@Override
	public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mappingFunction) {
		return rows(this.delegate.map((row, metadata) -> {
			this.execution.countRow();
			try {
				return mappingFunction.apply(row, metadata);
			}
			catch (Throwable ex) {
				this.execution.thrownByApplication(ex);
				throw ex;
			}
		}));
	}

	@Override
	public <T> Publisher<T> map(Function<? super Readable, ? extends T> mappingFunction) {
		return rows(this.delegate.map((readable) -> {
			this.execution.countRow();
			try {
				return mappingFunction.apply(readable);
			}
			catch (Throwable ex) {
				this.execution.thrownByApplication(ex);
				throw ex;
			}
		}));
	}

	private <T> Publisher<T> rows(Publisher<T> rows) {
		return TracedPublishers.listen(rows, () -> new Reading<>() {

			@Override
			public void doFirst() {
				super.doFirst();
				TracedResult.this.execution.startCounting();
			}

		});
	}

	@Override
	public Result filter(Predicate<Segment> filter) {
		return new TracedResult(this.delegate.filter((segment) -> {
			try {
				return filter.test(segment);
			}
			catch (Throwable ex) {
				this.execution.thrownByApplication(ex);
				throw ex;
			}
		}), this.execution, this.read);
	}

	@Override
	public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mappingFunction) {
		return TracedPublishers.listen(this.delegate.<T>flatMap((segment) -> {
			if (segment instanceof RowSegment) {
				this.execution.countRow();
			}
			else if (segment instanceof UpdateCount count) {
				this.execution.countAffected(count.value());
			}
			else if (segment instanceof Message message) {
				this.execution.told(message);
			}
			try {
				return mappingFunction.apply(segment);
			}
			catch (Throwable ex) {
				this.execution.thrownByApplication(ex);
				throw ex;
			}
		}), Reading::new);
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

	/**
	 * Tells the execution when the result was read.
	 *
	 * @param <T> the type of what is read
	 */
	private class Reading<T> extends DefaultSignalListener<T> {

		private boolean first;

		@Override
		public void doFirst() {
			this.first = TracedResult.this.read.compareAndSet(false, true);
			if (this.first) {
				TracedResult.this.execution.startReading();
			}
		}

		@Override
		public void doOnComplete() {
			if (this.first) {
				TracedResult.this.execution.readToEnd();
			}
		}

		@Override
		public void doOnError(Throwable error) {
			if (this.first) {
				TracedResult.this.execution.failedReading(error);
			}
		}

		@Override
		public void doOnCancel() {
			if (this.first) {
				TracedResult.this.execution.stoppedReading();
			}
		}

	}

}
