package io.hindspan.kafka;

import org.jspecify.annotations.Nullable;

/**
 * Knows what the consumers' threads process. A thread is known between a poll and the end
 * of what was made of its records, and nothing stays on it in between.
 */
final class ConsumerThreads {

	private final ThreadLocal<Slot> slots = new ThreadLocal<>();

	void enter() {
		if (this.slots.get() == null) {
			this.slots.set(new Slot());
		}
	}

	boolean isEntered() {
		return this.slots.get() != null;
	}

	/**
	 * What the current thread processes.
	 * @return the record or batch, or {@code null} where there is none, or the thread is
	 * no consumer's
	 */
	@Nullable Processing current() {
		Slot slot = this.slots.get();
		return (slot != null) ? slot.processing : null;
	}

	/**
	 * Notes what the current thread begins to process, or that it is done.
	 * @param processing the record or batch, or {@code null} for none
	 */
	void set(@Nullable Processing processing) {
		Slot slot = this.slots.get();
		if (slot != null) {
			slot.processing = processing;
		}
	}

	void leave() {
		this.slots.remove();
	}

	private static final class Slot {

		private @Nullable Processing processing;

	}

}
