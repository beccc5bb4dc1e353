package io.hindspan.sampling.tail;

import java.util.List;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.hindspan.core.Bounded;
import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.propagation.PromotionLimit;
import io.hindspan.sampling.KeptSpans;
import io.hindspan.sampling.SamplingAutoConfiguration;

/**
 * Keeps the traces that are worth it in hindsight. Is off where the application has a
 * sampler of its own, and where unsampled spans are exported anyway.
 */
@AutoConfiguration(before = SamplingAutoConfiguration.class)
@ConditionalOnClass({ Sampler.class, BatchSpanProcessor.class })
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("sampling.tail")
@ConditionalOnMissingBean(Sampler.class)
@ConditionalOnBooleanProperty(name = "hindspan.sampling.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "management.opentelemetry.tracing.export.include-unsampled", havingValue = false,
		matchIfMissing = true)
@EnableConfigurationProperties(TailSamplingProperties.class)
public final class TailSamplingAutoConfiguration {

	@Bean
	TailBuffer tailBuffer(TailSamplingProperties properties, ObjectProvider<TailPolicy> policies, KeptSpans kept) {
		List<TailPolicy> all = properties.policies();
		policies.orderedStream().forEach(all::add);
		return new TailBuffer(properties.maxBufferSize().toBytes(), new TailPolicies(all), kept, System::nanoTime);
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE + 1)
	TailSamplingProcessor tailSamplingProcessor(TailSamplingProperties properties, TailBuffer buffer) {
		return new TailSamplingProcessor(buffer, properties.decisionWait(), properties.certainlySlow());
	}

	@Bean
	Bounded tailBufferBounds(TailBuffer buffer) {
		return () -> List.of(buffer.bound());
	}

	@Bean
	PromotionLimit promotionLimit(TailSamplingProperties properties) {
		return new PromotionLimit(properties.maxPromotions(), System::nanoTime);
	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		TailSamplingMeters tailSamplingMeters(TailBuffer buffer, CalleeVerdict calleeVerdict) {
			return new TailSamplingMeters(buffer, calleeVerdict);
		}

	}

}
