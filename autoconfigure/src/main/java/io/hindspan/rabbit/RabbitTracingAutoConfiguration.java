package io.hindspan.rabbit;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces every message that a {@link RabbitTemplate} sends and a listener processes, by
 * the application's own beans as by Spring Boot's.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(RabbitTemplate.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("rabbit")
@EnableConfigurationProperties(RabbitTracingProperties.class)
public final class RabbitTracingAutoConfiguration {

	@Bean
	static RabbitObservationPostProcessor rabbitObservationPostProcessor(Environment environment) {
		return new RabbitObservationPostProcessor(environment);
	}

	@Bean
	RabbitReplyContexts rabbitReplyContexts(ObjectProvider<RabbitListenerEndpointRegistry> registries,
			InstrumentationTracers tracers) {
		return new RabbitReplyContexts(registries, tracers);
	}

	@Bean
	RabbitSenderConvention rabbitSenderConvention() {
		return new RabbitSenderConvention();
	}

	@Bean
	RabbitReceiverConvention rabbitReceiverConvention() {
		return new RabbitReceiverConvention();
	}

}
