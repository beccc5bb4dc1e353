package io.hindspan.store;

import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Which traces have which terms. Bounded: of a key with very many values, of values that
 * are long, and of traces with very many terms only that they have some value of the key
 * is known. Written by one thread at a time, read by any.
 */
final class Postings {

	static final int MAX_VALUE_LENGTH = 128;

	static final int MAX_VALUES = 10_000;

	static final int MAX_KEYS = 2_000;

	static final int MAX_TERMS_PER_TRACE = 2_000;

	/** A posting in the table of a trace. */
	private static final long ENTRY = 10;

	private final Map<String, PostingKey> keys = new ConcurrentHashMap<>();

	private final SlotTable slots;

	private final long maxBytes;

	private long bytes;

	private int number;

	private volatile boolean keyLeftOut;

	private volatile long leftOut;

	Postings(SlotTable slots, long maxBytes) {
		this.slots = slots;
		this.maxBytes = maxBytes;
	}

	/**
	 * Adds a term of a trace.
	 */
	void add(StoredTrace trace, String name, String value) {
		PostingKey key = this.keys.get(name);
		if (key == null) {
			if (this.keys.size() >= MAX_KEYS || name.length() > MAX_VALUE_LENGTH) {
				this.keyLeftOut = true;
				this.leftOut++;
				return;
			}
			key = new PostingKey(name, this.number++);
			this.bytes += PostingKey.BYTES + HeapSize.of(name) + key.others().bytes();
			this.keys.put(name, key);
		}
		Posting posting = (value.length() <= MAX_VALUE_LENGTH) ? key.values().get(value) : null;
		boolean full = trace.postings() >= MAX_TERMS_PER_TRACE;
		if (posting == null && !full && value.length() <= MAX_VALUE_LENGTH && key.values().size() < MAX_VALUES
				&& this.bytes < this.maxBytes) {
			posting = new Posting(key, value, this.number++);
			this.bytes += posting.bytes();
			key.values().put(value, posting);
		}
		if (posting == null || (full && !trace.hasPosting(posting))) {
			posting = key.others();
			this.leftOut++;
		}
		if (!trace.hasPosting(posting)) {
			// First, since its slot may be in the list from a trace that is gone
			this.bytes += ENTRY + posting.add(trace.slot(), this.slots);
			trace.addPosting(posting);
		}
	}

	/**
	 * Forgets all terms of a trace, whose slot must have been released.
	 */
	void remove(StoredTrace trace) {
		trace.forEachPosting((posting) -> {
			this.bytes -= ENTRY + posting.remove(this.slots);
			PostingKey key = posting.key();
			if (posting.isEmpty() && posting.value() != null) {
				key.values().remove(posting.value());
				this.bytes -= posting.bytes();
			}
			if (key.isEmpty()) {
				this.keys.remove(key.name());
				this.bytes -= PostingKey.BYTES + HeapSize.of(key.name()) + key.others().bytes();
			}
		});
	}

	/**
	 * The slots of all traces with a term, and of some without it.
	 * @return the slots, or {@code null} if every trace may have it
	 */
	@Nullable BitSet candidates(String name, String value) {
		PostingKey key = this.keys.get(name);
		if (key == null && this.keyLeftOut) {
			return null;
		}
		BitSet candidates = new BitSet();
		if (key != null) {
			key.others().addTo(candidates);
			Posting posting = key.values().get(value);
			if (posting != null) {
				posting.addTo(candidates);
			}
		}
		return candidates;
	}

	/**
	 * How much memory it takes.
	 */
	long bytes() {
		return this.bytes;
	}

	/**
	 * How many terms were not indexed.
	 */
	long leftOut() {
		return this.leftOut;
	}

}
