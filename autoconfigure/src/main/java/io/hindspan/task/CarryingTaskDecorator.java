package io.hindspan.task;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ReflectionUtils;

/**
 * Carries the context for Spring's executors, around what the application's own decorator
 * makes of a task.
 */
final class CarryingTaskDecorator implements TaskDecorator {

	static final String FIELD = "taskDecorator";

	private final @Nullable TaskDecorator own;

	private CarryingTaskDecorator(@Nullable TaskDecorator own) {
		this.own = own;
	}

	/**
	 * Whether an executor takes a decorator for all its tasks. Schedulers do not: theirs
	 * cannot tell a task that repeats from one that does not.
	 */
	static boolean suits(Object executor) {
		return !(executor instanceof TaskScheduler) && (executor instanceof ThreadPoolTaskExecutor
				|| executor instanceof SimpleAsyncTaskExecutor || executor instanceof ConcurrentTaskExecutor);
	}

	/**
	 * Gives an executor the decorator, unless it has it already.
	 */
	static void addTo(Object executor) {
		TaskDecorator present = decoratorOf(executor);
		if (!(present instanceof CarryingTaskDecorator)) {
			set(executor, new CarryingTaskDecorator(present));
		}
	}

	/**
	 * Gives an executor back the decorator that the application gave it.
	 */
	static void removeFrom(Object executor) {
		if (decoratorOf(executor) instanceof CarryingTaskDecorator present) {
			TaskDecorator own = present.own;
			set(executor, (own != null) ? own : (task) -> task);
		}
	}

	private static void set(Object executor, TaskDecorator decorator) {
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			pool.setTaskDecorator(decorator);
		}
		else if (executor instanceof SimpleAsyncTaskExecutor simple) {
			simple.setTaskDecorator(decorator);
		}
		else if (executor instanceof ConcurrentTaskExecutor concurrent) {
			concurrent.setTaskDecorator(decorator);
		}
	}

	/**
	 * Reads the field, since there is no other way to keep the application's decorator.
	 */
	private static @Nullable TaskDecorator decoratorOf(Object executor) {
		Field field = ReflectionUtils.findField(executor.getClass(), FIELD, TaskDecorator.class);
		if (field == null) {
			throw new IllegalStateException("No field '" + FIELD + "' in " + executor.getClass().getName());
		}
		ReflectionUtils.makeAccessible(field);
		return (TaskDecorator) ReflectionUtils.getField(field, executor);
	}

	@Override
	public Runnable decorate(Runnable task) {
		if (this.own == null) {
			return CarriedTask.of(task);
		}
		if (this.own instanceof ContextPropagatingTaskDecorator) {
			// Opens the same scopes if it comes first, and others besides
			return this.own.decorate(CarriedTask.of(task));
		}
		return CarriedTask.of(this.own.decorate(task));
	}

}
