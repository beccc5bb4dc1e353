package io.hindspan.sampling;

import java.time.Clock;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Lets the holder of a key have a request's trace sampled. An application's own sampler
 * does not ask for that.
 */
@AutoConfiguration
@ConditionalOnClass(Sampler.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("sampling")
@Conditional(ForcedTraceAutoConfiguration.OnKey.class)
@EnableConfigurationProperties(ForcedTraceProperties.class)
public final class ForcedTraceAutoConfiguration {

	/** About two megabytes. */
	private static final int MAX_NONCES = 10_000;

	@Bean
	ForcedTraceStatistics forcedTraceStatistics() {
		return new ForcedTraceStatistics();
	}

	@Bean
	ForcedTraceHeader forcedTraceHeader(ForcedTraceProperties properties, ForcedTraceStatistics statistics) {
		return new ForcedTraceHeader(properties.header(), properties.keyOctets(), properties.maxValidity().toSeconds(),
				new UsedNonces(MAX_NONCES), statistics, Clock.systemUTC());
	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		ForcedTraceMeters forcedTraceMeters(ForcedTraceStatistics statistics) {
			return new ForcedTraceMeters(statistics);
		}

	}

	/**
	 * Whether there is a key.
	 */
	static final class OnKey extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			String property = ForcedTraceProperties.PREFIX + "key";
			ConditionMessage.Builder message = ConditionMessage.forCondition(property);
			return StringUtils.hasLength(context.getEnvironment().getProperty(property))
					? ConditionOutcome.match(message.because("it is set"))
					: ConditionOutcome.noMatch(message.because("it is not set"));
		}

	}

}
