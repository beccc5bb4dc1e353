package io.hindspan.store;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Gives traces small numbers, which are used again when they are gone. Written by one
 * thread at a time, read by any.
 */
final class SlotTable {

	private volatile AtomicReferenceArray<@Nullable StoredTrace> traces = new AtomicReferenceArray<>(64);

	private int[] free = new int[64];

	private int freeCount;

	private volatile int used;

	/**
	 * A number for a trace, which {@link #set} gives to it.
	 */
	int take() {
		if (this.freeCount > 0) {
			return this.free[--this.freeCount];
		}
		int slot = this.used;
		if (slot == this.traces.length()) {
			AtomicReferenceArray<@Nullable StoredTrace> grown = new AtomicReferenceArray<>(slot * 2);
			for (int i = 0; i < slot; i++) {
				grown.setPlain(i, this.traces.getPlain(i));
			}
			this.traces = grown;
		}
		this.used = slot + 1;
		return slot;
	}

	void set(int slot, StoredTrace trace) {
		this.traces.setRelease(slot, trace);
	}

	void release(int slot) {
		this.traces.setRelease(slot, null);
		if (this.freeCount == this.free.length) {
			int[] grown = new int[this.freeCount * 2];
			System.arraycopy(this.free, 0, grown, 0, this.freeCount);
			this.free = grown;
		}
		this.free[this.freeCount++] = slot;
	}

	@Nullable StoredTrace get(int slot) {
		AtomicReferenceArray<@Nullable StoredTrace> current = this.traces;
		return (slot < current.length()) ? current.getAcquire(slot) : null;
	}

	/**
	 * One more than the greatest number that was ever taken.
	 */
	int size() {
		return this.used;
	}

}
