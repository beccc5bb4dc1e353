package io.hindspan.batch;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.util.ReflectionUtils;

/**
 * What {@link InlineStepPostProcessor} reads by reflection.
 */
final class BatchRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Field registry = ReflectionUtils.findField(AbstractStep.class, InlineStepPostProcessor.FIELD);
		if (registry != null) {
			hints.reflection().registerField(registry);
		}
	}

}
