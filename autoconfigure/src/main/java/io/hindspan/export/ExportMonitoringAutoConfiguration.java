package io.hindspan.export;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Shows by meters and health whether spans leave the application, where it has them.
 */
@AutoConfiguration(after = ExportAutoConfiguration.class)
@ConditionalOnBean(SpanPipeline.class)
public final class ExportMonitoringAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		ExportMeters exportMeters(SpanPipeline pipeline, BatchDrops drops) {
			return new ExportMeters(pipeline, drops);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	static class Health {

		@Bean
		@ConditionalOnEnabledHealthIndicator("traceexport")
		@ConditionalOnMissingBean(name = { "traceExportHealthIndicator", "traceExportHealthContributor" })
		ExportHealthIndicator traceExportHealthIndicator(SpanPipeline pipeline) {
			return new ExportHealthIndicator(pipeline);
		}

	}

}
