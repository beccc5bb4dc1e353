package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Reads and writes trace headers by Hindspan's own propagators in the place of Spring
 * Boot's, by the same properties, and formats that it does not know. The application's
 * own {@link TextMapPropagator} beans are asked too, and its own
 * {@link ContextPropagators} bean is used instead.
 * <p>
 * {@code management.tracing.export.enabled=false} turns Spring Boot's propagation off
 * with the export. Here it stops the export alone: the services before and after this one
 * still belong to one trace. {@code management.tracing.propagation.type=} (no type) and
 * {@code management.tracing.baggage.enabled=false} turn propagation off.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetry.class, B3Propagator.class })
@ConditionalOnHindspan("propagation")
@EnableConfigurationProperties({ TracingProperties.class, PropagationProperties.class })
public final class PropagationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ContextPropagators propagationContextPropagators(ObjectProvider<TextMapPropagator> propagators,
			TracingProperties properties, PropagationProperties more) {
		FormatsPropagator formats = FormatsPropagator.of(properties, more);
		List<TextMapPropagator> chain = new ArrayList<>();
		propagators.orderedStream()
			.map((propagator) -> isSpringBoots(propagator) ? formats : propagator)
			.forEach(chain::add);
		if (!chain.contains(formats)) {
			chain.add(formats);
		}
		return ContextPropagators.create(new PropagatorChain(chain));
	}

	/**
	 * Whether a propagator is the one that the formats replace, whose class is hidden.
	 */
	private static boolean isSpringBoots(TextMapPropagator propagator) {
		return propagator.getClass().getPackage() == OpenTelemetryTracingAutoConfiguration.class.getPackage();
	}

}
