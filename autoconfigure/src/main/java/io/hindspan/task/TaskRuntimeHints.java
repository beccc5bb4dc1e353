package io.hindspan.task;

import java.lang.reflect.Field;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ReflectionUtils;

/**
 * What {@link CarryingTaskDecorator} and {@link TracedListeners} read by reflection.
 */
final class TaskRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> executor : List.of(ThreadPoolTaskExecutor.class, SimpleAsyncTaskExecutor.class,
				ConcurrentTaskExecutor.class)) {
			Field field = ReflectionUtils.findField(executor, CarryingTaskDecorator.FIELD);
			if (field != null) {
				hints.reflection().registerField(field);
			}
		}
		Field executor = ReflectionUtils.findField(SimpleApplicationEventMulticaster.class,
				TracedListeners.EXECUTOR_FIELD);
		if (executor != null) {
			hints.reflection().registerField(executor);
		}
	}

}
