package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Calls the other services, in the blocking and in the reactive way.
 */
final class Calls {

	private final Network network;

	private final RestClient restClient;

	private final WebClient webClient;

	private final KafkaTemplate<Object, Object> kafka;

	private final RabbitTemplate rabbit;

	Calls(Network network, RestClient restClient, WebClient webClient, KafkaTemplate<Object, Object> kafka,
			RabbitTemplate rabbit) {
		this.network = network;
		this.restClient = restClient;
		this.webClient = webClient;
		this.kafka = kafka;
		this.rabbit = rabbit;
	}

	void call(Work work, Order order, Hop hop, boolean handled) {
		work.calls(hop.to());
		switch (hop.by()) {
			case HTTP -> request(work, order, hop.to(), handled);
			case KAFKA -> this.kafka.send(this.network.destination(hop.to()), order.text(), order.text());
			case RABBIT -> this.rabbit.convertAndSend(this.network.destination(hop.to()), order.text());
		}
	}

	private void request(Work work, Order order, Service to, boolean handled) {
		try {
			ResponseEntity<Void> response = this.restClient.get()
				.uri(this.network.url(to), order.text())
				.retrieve()
				.toBodilessEntity();
			work.heard(to, traceResponse(response.getHeaders()));
		}
		catch (RestClientResponseException ex) {
			work.heard(to, traceResponse(ex.getResponseHeaders()));
			if (!handled) {
				throw ex;
			}
		}
	}

	Mono<Void> request(Work work, Order order, Hop hop, boolean handled) {
		return Mono.defer(() -> {
			work.calls(hop.to());
			return this.webClient.get()
				.uri(this.network.url(hop.to()), order.text())
				.retrieve()
				.toBodilessEntity()
				.doOnNext((response) -> work.heard(hop.to(), traceResponse(response.getHeaders())))
				.doOnError(WebClientResponseException.class,
						(ex) -> work.heard(hop.to(), traceResponse(ex.getHeaders())))
				.onErrorComplete((ex) -> handled && ex instanceof WebClientResponseException)
				.then();
		});
	}

	/**
	 * Calls several services at once, and waits for all of them.
	 */
	void callAll(Work work, Order order, Service service) {
		Flux.fromIterable(order.topology().hops(service))
			.flatMapDelayError((hop) -> request(work, order, hop, false), Integer.MAX_VALUE, 1)
			.blockLast();
	}

	private static @Nullable String traceResponse(@Nullable HttpHeaders headers) {
		return (headers != null) ? headers.getFirst(TraceHeader.TRACE_RESPONSE) : null;
	}

}
