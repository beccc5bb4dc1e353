package io.hindspan.store.disk;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Reads on threads that nobody interrupts: an interrupted thread that reads closes the
 * file for everybody. Whoever waits may be interrupted and goes without. Thread-safe.
 */
final class Readers implements AutoCloseable {

	private static final int THREADS = 2;

	private static final int MAX_WAITING = 64;

	private static final long IDLE_SECONDS = 10;

	private static final long PATIENCE_SECONDS = 10;

	private final ThreadPoolExecutor threads;

	Readers() {
		this.threads = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), (task) -> {
					Thread thread = new Thread(task, "hindspan-traces-reader");
					thread.setDaemon(true);
					return thread;
				});
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Reads, and waits for it.
	 * @param reading what to do, which is told whether somebody still waits for it
	 * @return what was read, or {@code null} if that took too long, there were too many
	 * readers, or whoever waits was interrupted
	 */
	<T> @Nullable T call(Function<BooleanSupplier, @Nullable T> reading) {
		AtomicBoolean gone = new AtomicBoolean();
		Future<@Nullable T> future = null;
		try {
			future = this.threads.submit(() -> reading.apply(gone::get));
			return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (RejectedExecutionException | TimeoutException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		finally {
			gone.set(true);
			if (future != null) {
				// Does not interrupt
				future.cancel(false);
			}
		}
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

}
