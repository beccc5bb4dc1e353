package io.hindspan.benchmarks.sampling;

import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What all services have. It is told which service it is by beans of the types
 * {@link Service}, {@link Journal} and {@link Network}.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ServiceApplication {

	@Bean
	SpanProcessor journalProcessor(Service service, Journal journal) {
		return journal.processor(service);
	}

	@Bean
	Steps steps(ObservationRegistry observations) {
		return new Steps(observations);
	}

	@Bean
	Calls calls(Network network, RestClient.Builder restClient, WebClient.Builder webClient,
			KafkaTemplate<Object, Object> kafka, RabbitTemplate rabbit) {
		return new Calls(network, restClient.build(), webClient.build(), kafka, rabbit);
	}

}
