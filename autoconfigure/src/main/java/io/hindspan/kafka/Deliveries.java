package io.hindspan.kafka;

import java.time.Clock;

import org.springframework.beans.factory.ListableBeanFactory;

import io.hindspan.span.InstrumentationTracers;

/**
 * What containers deliver, one by one and in batches.
 */
final class Deliveries {

	private final RecordDeliveries records;

	private final BatchDeliveries batches;

	Deliveries(KafkaTracingProperties properties, InstrumentationTracers tracers, ListableBeanFactory beanFactory) {
		ConsumerThreads threads = new ConsumerThreads();
		FailedDeliveries failures = new FailedDeliveries();
		ListenerContainers containers = new ListenerContainers(beanFactory);
		TraceBounds bounds = new TraceBounds(properties, Clock.systemUTC());
		this.records = new RecordDeliveries(threads, failures, containers, bounds, tracers);
		this.batches = new BatchDeliveries(threads, failures, containers, tracers);
	}

	RecordDeliveries records() {
		return this.records;
	}

	BatchDeliveries batches() {
		return this.batches;
	}

}
