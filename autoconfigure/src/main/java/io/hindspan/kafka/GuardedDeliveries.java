package io.hindspan.kafka;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.hindspan.core.FaultGuard;

/**
 * Tells what containers deliver, and keeps what goes wrong with that away from the
 * containers, which would not process their records for it.
 */
final class GuardedDeliveries {

	private final FaultGuard guard = new FaultGuard("a delivery of Kafka");

	private final Supplier<Deliveries> deliveries;

	GuardedDeliveries(Supplier<Deliveries> deliveries) {
		this.deliveries = deliveries;
	}

	void tell(Consumer<Deliveries> step) {
		this.guard.run(() -> step.accept(this.deliveries.get()));
	}

}
