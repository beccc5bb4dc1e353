package io.hindspan.quartz;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.StdScheduler;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ReflectionUtils;

/**
 * What {@link LinkingInterceptor} reads by reflection.
 */
final class QuartzRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Field quartz = ReflectionUtils.findField(StdScheduler.class, LinkingInterceptor.QUARTZ_FIELD);
		if (quartz != null) {
			hints.reflection().registerField(quartz);
		}
		hints.reflection()
			.registerTypeIfPresent(classLoader, "org.springframework.scheduling.quartz.SpringBeanJobFactory",
					(type) -> type.onReachableType(TypeReference.of(StdScheduler.class))
						.withField(LinkingInterceptor.IGNORED_FIELD));
	}

}
