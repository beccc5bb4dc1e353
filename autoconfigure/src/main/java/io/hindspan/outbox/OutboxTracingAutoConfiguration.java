package io.hindspan.outbox;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Offers {@link OutboxTracing}, which does nothing where tracing is off.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
public final class OutboxTracingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OutboxTracing untracedOutbox() {
		return new OutboxTracing(null, 0);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnHindspan("outbox")
	@ConditionalOnBean(InstrumentationTracers.class)
	@EnableConfigurationProperties(OutboxTracingProperties.class)
	static class TracedConfiguration {

		@Bean
		OutboxTracing outboxTracing(InstrumentationTracers tracers, OutboxTracingProperties properties) {
			return new OutboxTracing(tracers, properties.maxLength());
		}

	}

}
