package io.hindspan.task;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;

import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.SchedulingAwareRunnable;

/**
 * A task that runs in the context in which it was handed over.
 */
final class CarriedTask implements Runnable {

	private final Runnable task;

	private final CarriedContext context;

	private CarriedTask(Runnable task, CarriedContext context) {
		this.task = task;
		this.context = context;
	}

	/**
	 * The task in the current context.
	 * @param task the task
	 * @return the task itself where there is nothing to carry or it should carry nothing
	 */
	static Runnable of(Runnable task) {
		CarriedContext context = CarriedContext.current();
		return (context == null || standsAlone(task)) ? task : new CarriedTask(task, context);
	}

	/**
	 * The call in the current context.
	 * @param call the call
	 * @param <T> the type of the result
	 * @return the call itself where there is nothing to carry
	 */
	static <T extends @Nullable Object> Callable<T> of(Callable<T> call) {
		CarriedContext context = CarriedContext.current();
		return (context == null) ? call : () -> {
			try (Scope scope = context.makeCurrent()) {
				return call.call();
			}
		};
	}

	/**
	 * What a queue takes for the task, whether or not it was handed over in a context.
	 */
	static Runnable equalTo(Runnable task) {
		return new CarriedTask(task, CarriedContext.NOTHING);
	}

	/**
	 * The task that the application handed over.
	 */
	static Runnable unwrap(Runnable task) {
		return (task instanceof CarriedTask carried) ? carried.task : task;
	}

	/**
	 * Tasks without a context of their own: loops for the life of the application, tasks
	 * that schedule themselves again, and those that a queue compares with each other.
	 */
	private static boolean standsAlone(Runnable task) {
		return task instanceof CarriedTask || task instanceof ScheduledFuture<?> || task instanceof Comparable<?>
				|| (task instanceof SchedulingAwareRunnable aware && aware.isLongLived());
	}

	@Override
	public void run() {
		try (Scope scope = this.context.makeCurrent()) {
			this.task.run();
		}
	}

	/**
	 * Queues ask the task that is looked for.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof Runnable runnable && this.task.equals(unwrap(runnable)));
	}

	@Override
	public int hashCode() {
		return this.task.hashCode();
	}

	@Override
	public String toString() {
		return this.task.toString();
	}

}
