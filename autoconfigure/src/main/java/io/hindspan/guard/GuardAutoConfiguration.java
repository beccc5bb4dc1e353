package io.hindspan.guard;

import java.util.Set;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.core.Bounded;
import io.hindspan.core.ConditionalOnHindspan;

/**
 * Puts the guard before the exporters of Hindspan's span pipeline.
 */
@AutoConfiguration
@ConditionalOnClass(SpanData.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("guard")
@EnableConfigurationProperties(GuardProperties.class)
public final class GuardAutoConfiguration {

	@Bean
	SpanGuard spanGuard(GuardProperties properties, ObjectProvider<ValueDetector> detectors,
			ObjectProvider<SpanLimits> limits) {
		ValueDetector own = ValueDetector.none();
		for (ValueDetector pattern : properties.compiledPatterns()) {
			own = own.and(pattern);
		}
		for (ValueDetector detector : detectors.orderedStream().toList()) {
			own = own.and(detector);
		}
		Set<Detector> active = properties.activeDetectors();
		GuardStatistics statistics = new GuardStatistics(properties.patternNames());
		TextGuard texts = new TextGuard(new TextDetector(active).and(own),
				new TextDetector(Detector.withoutNames(active)).and(own), statistics,
				limits.getIfAvailable(SpanLimits::getDefault).getMaxAttributeValueLength());
		return new SpanGuard(
				new KeyRules(GuardProperties.compiled(properties.keys()),
						GuardProperties.compiled(properties.allowedKeys()), active, texts),
				texts, new SpanNames(properties.maxSpanNames(), statistics),
				new AttributeValues(properties.maxAttributeValues()), active.contains(Detector.CARD));
	}

	@Bean
	Bounded guardBounds(SpanGuard guard, GuardProperties properties, ObjectProvider<SpanLimits> limits) {
		return () -> guard.statistics().bounds(properties, limits.getIfAvailable(SpanLimits::getDefault));
	}

	@Bean
	static UnguardedExport unguardedExport(ConfigurableListableBeanFactory beans) {
		return new UnguardedExport(beans);
	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		GuardMeters guardMeters(SpanGuard guard) {
			return new GuardMeters(guard);
		}

	}

}
