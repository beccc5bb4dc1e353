package io.hindspan.guard;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Says at start-up which span processors export past the guard: all but that of
 * Hindspan's pipeline.
 */
final class UnguardedExport implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(UnguardedExport.class);

	private static final String PIPELINE = "io.hindspan.export.ExportAutoConfiguration";

	private final ConfigurableListableBeanFactory beans;

	UnguardedExport(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> unguarded = new ArrayList<>();
		add(BatchSpanProcessor.class, unguarded);
		add(SimpleSpanProcessor.class, unguarded);
		if (!unguarded.isEmpty()) {
			logger
				.warn("Secrets are not masked in what {} exports: only Hindspan's own span pipeline is guarded. Leave "
						+ "the batch to it, or have the exporter call the SpanGuard bean.", unguarded);
		}
	}

	private void add(Class<?> type, List<String> unguarded) {
		for (String name : this.beans.getBeanNamesForType(type, false, false)) {
			if (!this.beans.containsBeanDefinition(name)
					|| !PIPELINE.equals(this.beans.getBeanDefinition(name).getFactoryBeanName())) {
				unguarded.add(name);
			}
		}
	}

}
