package io.hindspan.span;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Puts one handler before Spring Boot's three, so that spans have their name and
 * attributes from the start.
 */
@AutoConfiguration(after = { OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class },
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnBean({ OtelTracer.class, OpenTelemetry.class })
@ConditionalOnHindspan("span")
@EnableConfigurationProperties(SpanProperties.class)
public final class SpanTracingAutoConfiguration {

	@Bean
	InstrumentationTracers instrumentationTracers(OpenTelemetry openTelemetry, SpanProperties properties,
			ObjectProvider<Sampler> sampler) {
		return new InstrumentationTracers(openTelemetry, new SpanRules(properties.attributeNames(),
				new ExpectedErrors(properties.expectedErrors()), sampler.getIfUnique()));
	}

	@Bean
	SpanObservationHandler spanObservationHandler(Tracer tracer, InstrumentationTracers tracers,
			ObjectProvider<SpanConvention<?>> conventions, ContextPropagators propagators) {
		return new SpanObservationHandler(tracer, tracers,
				new SpanConventions(conventions.orderedStream().toList(), tracers), propagators.getTextMapPropagator());
	}

	@Bean
	SpanHandlerGroup spanHandlerGroup() {
		return new SpanHandlerGroup();
	}

}
