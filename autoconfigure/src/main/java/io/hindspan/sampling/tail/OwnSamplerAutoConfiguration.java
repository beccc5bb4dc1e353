package io.hindspan.sampling.tail;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.sampling.SamplingAutoConfiguration;

/**
 * Says at the start what a sampler of the application's own turns off.
 */
@AutoConfiguration(after = TailSamplingAutoConfiguration.class, before = SamplingAutoConfiguration.class)
@ConditionalOnClass(Sampler.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("sampling.tail")
@ConditionalOnBooleanProperty(name = "hindspan.sampling.enabled", matchIfMissing = true)
@ConditionalOnBean(Sampler.class)
public final class OwnSamplerAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(OwnSamplerAutoConfiguration.class);

	@Bean
	SmartInitializingSingleton ownSamplerNotice(ListableBeanFactory beans) {
		String names = String.join(", ", beans.getBeanNamesForType(Sampler.class, true, false));
		return () -> logger
			.info("Tail sampling and hindspan.sampling.* are off: the application's own Sampler bean '{}' "
					+ "decides. Without it, traces with errors and slow ones would be kept whatever the sampler decides.",
					names);
	}

}
