package io.hindspan.security;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorizationObservationContext;
import org.springframework.security.config.observation.SecurityObservationSettings;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Tells what Spring Security decides on the span of the request or the call that it
 * decides about, and leaves its filters without a span each, as Spring Security itself
 * recommends.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(AuthorizationObservationContext.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("security")
@EnableConfigurationProperties(SecurityTracingProperties.class)
public final class SecurityTracingAutoConfiguration {

	@Bean
	AuthorizationConvention authorizationConvention() {
		return new AuthorizationConvention();
	}

	@Bean
	AuthenticationConvention authenticationConvention() {
		return new AuthenticationConvention();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityObservationSettings.class)
	static class Filters {

		@Bean
		@ConditionalOnMissingBean
		SecurityObservationSettings tracingSecurityObservationSettings() {
			return SecurityObservationSettings.withDefaults().build();
		}

	}

}
