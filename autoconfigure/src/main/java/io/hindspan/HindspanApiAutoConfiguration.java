package io.hindspan;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Offers the part of the API for application code that is a bean.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnBean(InstrumentationTracers.class)
public final class HindspanApiAutoConfiguration {

	@Bean
	CarrierPropagation carrierPropagation(InstrumentationTracers tracers) {
		return new CarrierPropagation(tracers);
	}

}
