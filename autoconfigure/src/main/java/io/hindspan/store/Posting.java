package io.hindspan.store;

import java.util.BitSet;

import org.jspecify.annotations.Nullable;

/**
 * The slots of traces that have a term, and a few of traces that are gone. Written by one
 * thread at a time, read by any.
 */
final class Posting {

	/** With its place in the map of its key, and without its slots. */
	private static final long BYTES = 32 + 24 + 40;

	private final PostingKey key;

	/** The text, or {@code null} where it stands for all that are not indexed. */
	private final @Nullable String value;

	private final int hash;

	private volatile Slots slots = new Slots(2);

	private int live;

	Posting(PostingKey key, @Nullable String value, int hash) {
		this.key = key;
		this.value = value;
		this.hash = hash;
	}

	PostingKey key() {
		return this.key;
	}

	@Nullable String value() {
		return this.value;
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	@Override
	public boolean equals(Object other) {
		return this == other;
	}

	/**
	 * Adds a slot.
	 * @return how much memory that takes
	 */
	long add(int slot, SlotTable table) {
		long before = bytes();
		Slots current = this.slots;
		if (current.count == current.numbers.length) {
			current = (this.live < current.count / 2) ? compacted(table) : current.grown();
			this.slots = current;
		}
		current.numbers[current.count] = slot;
		current.count++;
		this.live++;
		return bytes() - before;
	}

	/**
	 * Forgets one slot, which stays in the list until that is compacted.
	 * @return how much memory that gives back
	 */
	long remove(SlotTable table) {
		this.live--;
		Slots current = this.slots;
		if (current.count < 64 || this.live >= current.count / 4) {
			return 0;
		}
		long before = bytes();
		this.slots = compacted(table);
		return before - bytes();
	}

	boolean isEmpty() {
		return this.live == 0;
	}

	long bytes() {
		return BYTES + HeapSize.array(4, this.slots.numbers.length)
				+ ((this.value != null) ? HeapSize.of(this.value) : 0);
	}

	/**
	 * Without those whose trace is gone. A slot that was used again may be there twice.
	 */
	private Slots compacted(SlotTable table) {
		Slots current = this.slots;
		Slots compacted = new Slots(Math.max(2, this.live + this.live / 2 + 1));
		BitSet seen = new BitSet();
		for (int i = 0; i < current.count; i++) {
			int slot = current.numbers[i];
			StoredTrace trace = table.get(slot);
			if (trace != null && !seen.get(slot) && trace.hasPosting(this)) {
				seen.set(slot);
				compacted.numbers[compacted.count] = slot;
				compacted.count++;
			}
		}
		return compacted;
	}

	void addTo(BitSet set) {
		Slots current = this.slots;
		int count = current.count;
		for (int i = 0; i < count; i++) {
			set.set(current.numbers[i]);
		}
	}

	/**
	 * An array that is only appended to: whoever reads the count first sees what is
	 * before it.
	 */
	private static final class Slots {

		private final int[] numbers;

		private volatile int count;

		private Slots(int capacity) {
			this.numbers = new int[capacity];
		}

		private Slots grown() {
			Slots grown = new Slots(this.count + Math.max(2, this.count / 2));
			System.arraycopy(this.numbers, 0, grown.numbers, 0, this.count);
			grown.count = this.count;
			return grown;
		}

	}

}
