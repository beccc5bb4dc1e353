package io.hindspan.benchmarks.sampling;

import java.nio.charset.StandardCharsets;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Takes orders from Kafka, each one once.
 */
@Configuration(proxyBeanMethods = false)
class KafkaConsumer {

	private static final int PARTITIONS = 4;

	@Bean
	NewTopic topic(Network network, Service service) {
		return TopicBuilder.name(network.destination(service)).partitions(PARTITIONS).build();
	}

	@Bean
	DefaultErrorHandler errorHandler() {
		return new DefaultErrorHandler(new FixedBackOff(0, 0));
	}

	@Bean
	Listener kafkaListener(Worker worker) {
		return new Listener(worker);
	}

	static final class Listener {

		private final Worker worker;

		Listener(Worker worker) {
			this.worker = worker;
		}

		@KafkaListener(topics = "${simulation.destination}", groupId = "simulation", concurrency = "" + PARTITIONS)
		void receive(ConsumerRecord<String, String> message) {
			Header header = message.headers().lastHeader(TraceHeader.TRACE_PARENT);
			this.worker.work(Order.parse(message.value()),
					(header != null) ? new String(header.value(), StandardCharsets.UTF_8) : null);
		}

	}

}
