package io.hindspan.kafka;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what goes wrong with tracing away from the containers, which would not process
 * their records for it.
 */
final class FaultGuard {

	private static final Logger logger = LoggerFactory.getLogger(FaultGuard.class);

	private final AtomicBoolean told = new AtomicBoolean();

	private final Supplier<Deliveries> deliveries;

	FaultGuard(Supplier<Deliveries> deliveries) {
		this.deliveries = deliveries;
	}

	void tell(Consumer<Deliveries> step) {
		try {
			step.accept(this.deliveries.get());
		}
		catch (RuntimeException ex) {
			if (this.told.compareAndSet(false, true)) {
				logger.warn("A delivery could not be traced; it goes on. This is said once.", ex);
			}
		}
	}

}
