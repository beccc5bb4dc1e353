package io.hindspan.benchmarks.sampling;

import java.nio.charset.StandardCharsets;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Takes orders from RabbitMQ, each one once.
 */
@Configuration(proxyBeanMethods = false)
class RabbitConsumer {

	@Bean
	Queue queue(Network network, Service service) {
		return new Queue(network.destination(service), false, false, true);
	}

	@Bean
	Listener rabbitListener(Worker worker) {
		return new Listener(worker);
	}

	static final class Listener {

		private final Worker worker;

		Listener(Worker worker) {
			this.worker = worker;
		}

		@RabbitListener(queues = "${simulation.destination}", concurrency = "4")
		void receive(Message message) {
			this.worker.work(Order.parse(new String(message.getBody(), StandardCharsets.UTF_8)),
					message.getMessageProperties().getHeader(TraceHeader.TRACE_PARENT));
		}

	}

}
