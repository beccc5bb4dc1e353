package io.hindspan.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.observation.SecurityObservationSettings;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Leaves the filters of Spring Security without a span each, as Spring Security itself
 * recommends. Authentications and authorizations keep theirs.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(SecurityObservationSettings.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("web")
public final class SecurityTracingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SecurityObservationSettings tracingSecurityObservationSettings() {
		return SecurityObservationSettings.withDefaults().build();
	}

}
