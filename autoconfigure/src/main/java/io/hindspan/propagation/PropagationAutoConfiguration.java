package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

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

	@Bean
	@Conditional(OnTagFields.class)
	BaggageAttributes baggageAttributes(TracingProperties properties) {
		return new BaggageAttributes(properties.getBaggage().getTagFields());
	}

	/**
	 * Whether a propagator is the one that the formats replace, whose class is hidden.
	 */
	private static boolean isSpringBoots(TextMapPropagator propagator) {
		return propagator.getClass().getPackage() == OpenTelemetryTracingAutoConfiguration.class.getPackage();
	}

	/**
	 * Whether {@code management.tracing.baggage.tag-fields} names any.
	 */
	static final class OnTagFields extends SpringBootCondition {

		private static final String PREFIX = "management.tracing.baggage";

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			TracingProperties.Baggage baggage = Binder.get(context.getEnvironment())
				.bindOrCreate(PREFIX, TracingProperties.Baggage.class);
			ConditionMessage.Builder message = ConditionMessage.forCondition(PREFIX + ".tag-fields");
			return (baggage.isEnabled() && !baggage.getTagFields().isEmpty())
					? ConditionOutcome.match(message.because("it is " + baggage.getTagFields()))
					: ConditionOutcome.noMatch(message.because("it names no field, or baggage is off"));
		}

	}

}
