package io.hindspan.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what goes wrong with tracing away from the work that is traced, which would fail
 * or be done again for it. The first fault is a warning, the others are for who debugs.
 * Thread-safe.
 */
public final class FaultGuard {

	private static final Logger logger = LoggerFactory.getLogger(FaultGuard.class);

	private final AtomicBoolean told = new AtomicBoolean();

	private final String work;

	/**
	 * Makes a guard.
	 * @param work what is traced, such as {@code a delivery}
	 */
	public FaultGuard(String work) {
		this.work = work;
	}

	/**
	 * Takes a step.
	 * @param step the step, which may fail
	 */
	public void run(Runnable step) {
		get(() -> {
			step.run();
			return null;
		});
	}

	/**
	 * Takes a step that has a result.
	 * @param step the step, which may fail
	 * @param <T> the type of the result
	 * @return the result, or {@code null} where the step has failed
	 */
	public <T> @Nullable T get(Supplier<? extends @Nullable T> step) {
		try {
			return step.get();
		}
		catch (RuntimeException | LinkageError ex) {
			// An application that is shutting down makes no more beans, for one
			if (this.told.compareAndSet(false, true)) {
				logger.warn("Tracing of {} has failed; the work itself goes on. This is said once.", this.work, ex);
			}
			else {
				logger.debug("Tracing of {} has failed", this.work, ex);
			}
			return null;
		}
	}

}
