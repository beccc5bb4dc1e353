package io.hindspan;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Offers the part of the API for application code that is a bean. It is there where
 * tracing is off, too, since code that has it injected should start.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
public final class HindspanApiAutoConfiguration {

	@Bean
	CarrierPropagation carrierPropagation(ObjectProvider<InstrumentationTracers> tracers) {
		return new CarrierPropagation(tracers.getIfAvailable());
	}

}
