package io.hindspan.kafka;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces every record that a {@link KafkaTemplate} sends and a listener processes, by the
 * application's own beans as by Spring Boot's.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(KafkaTemplate.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("kafka")
@EnableConfigurationProperties(KafkaTracingProperties.class)
@ImportRuntimeHints(KafkaRuntimeHints.class)
public final class KafkaTracingAutoConfiguration {

	@Bean
	static KafkaObservationPostProcessor kafkaObservationPostProcessor(Environment environment,
			ObjectProvider<Deliveries> deliveries) {
		return new KafkaObservationPostProcessor(environment, deliveries);
	}

	@Bean
	Deliveries kafkaDeliveries(KafkaTracingProperties properties, InstrumentationTracers tracers,
			ListableBeanFactory beanFactory) {
		return new Deliveries(properties, tracers, beanFactory);
	}

	@Bean
	KafkaBatchTracing kafkaBatchTracing(InstrumentationTracers tracers) {
		return new KafkaBatchTracing(tracers);
	}

	@Bean
	KafkaContainersWithoutLookup kafkaContainersWithoutLookup(
			ObjectProvider<KafkaListenerEndpointRegistry> registries) {
		return new KafkaContainersWithoutLookup(registries);
	}

	@Bean
	KafkaSenderConvention kafkaSenderConvention(Deliveries deliveries) {
		return new KafkaSenderConvention(deliveries.records());
	}

	@Bean
	KafkaReceiverConvention kafkaReceiverConvention(Deliveries deliveries) {
		return new KafkaReceiverConvention(deliveries.records());
	}

}
