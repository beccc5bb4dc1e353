package io.hindspan.store;

import java.time.Clock;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;

import io.hindspan.core.Bounded;
import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.DeploymentEnvironment;

/**
 * Keeps the most recent traces in memory, by itself in development only, and on disk
 * where a directory is named. The span pipeline fills the store.
 */
@AutoConfiguration
@ConditionalOnClass(SpanData.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan(value = "store", onByDefaultIn = DeploymentEnvironment.DEVELOPMENT)
@EnableConfigurationProperties(StoreProperties.class)
public final class StoreAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TraceStore traceStore(StoreProperties properties, ResourceLoader resources) {
		Clock clock = Clock.systemUTC();
		return new TraceStore(properties.bounds(), clock, properties.onDisk(clock, resources.getClassLoader()));
	}

	@Bean
	Bounded storeBounds(TraceStore store) {
		return store::bounds;
	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		StoreMeters storeMeters(TraceStore store) {
			return new StoreMeters(store);
		}

	}

}
