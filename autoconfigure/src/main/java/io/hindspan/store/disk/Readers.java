package io.hindspan.store.disk;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Reads on threads that nobody interrupts: an interrupted thread that reads closes the
 * file for everybody. Whoever waits may be interrupted and goes without. Thread-safe.
 */
final class Readers implements AutoCloseable {

	private static final int THREADS = 2;

	private static final int MAX_WAITING = 64;

	private static final long IDLE_SECONDS = 10;

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
	 * @return what was read, or {@code null} if there were too many readers, or whoever
	 * waits was interrupted
	 */
	<T> @Nullable T call(Callable<@Nullable T> reading) {
		try {
			Future<@Nullable T> future = this.threads.submit(reading);
			return future.get();
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

}
