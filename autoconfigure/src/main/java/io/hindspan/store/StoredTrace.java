package io.hindspan.store;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A trace that grows. Its summary is read by any thread, all else by the one that writes.
 */
final class StoredTrace {

	/** A trace without spans: this, its summary, id, and places in maps and lists. */
	static final long BYTES = 450;

	/** Up to here ids are looked for one by one. */
	private static final int SEED = new SecureRandom().nextInt() | 1;

	private static final int FEW = 16;

	private static final int[] NONE = {};

	private final String id;

	private final int slot;

	private volatile @Nullable TraceSummary summary;

	private SpanRecord[] spans = new SpanRecord[4];

	private int count;

	private long start = Long.MAX_VALUE;

	private long end = Long.MIN_VALUE;

	private int errors;

	private @Nullable SpanRecord naming;

	/** A hash table of the ids of spans: their positions, from 1. */
	private int[] positions = NONE;

	/** A hash table. */
	private @Nullable Posting[] postings = new Posting[32];

	private int postingCount;

	private @Nullable SpanOrigin indexed;

	private long bytes = BYTES;

	private long touched;

	private boolean notable;

	private @Nullable Share share;

	StoredTrace(String id, int slot) {
		this.id = id;
		this.slot = slot;
	}

	String id() {
		return this.id;
	}

	int slot() {
		return this.slot;
	}

	/**
	 * What is known of it, or {@code null} while it has no span.
	 */
	@Nullable TraceSummary summary() {
		return this.summary;
	}

	/**
	 * Adds a span, which {@link #publish} lets others see.
	 * @return false if it has one with the same id
	 */
	boolean add(SpanRecord span, long bytes) {
		if (!addId(span.spanId())) {
			return false;
		}
		if (this.count == this.spans.length) {
			this.spans = Arrays.copyOf(this.spans, this.count + Math.max(4, this.count / 2));
		}
		// Behind what the summary counts
		this.spans[this.count] = span;
		this.count++;
		this.bytes += bytes;
		this.start = Math.min(this.start, span.start());
		this.end = Math.max(this.end, span.end());
		if (span.isError()) {
			this.errors++;
		}
		if (this.naming == null || isBetterName(span, this.naming)) {
			this.naming = span;
		}
		return true;
	}

	private static boolean isBetterName(SpanRecord span, SpanRecord than) {
		if ((span.parentId() == null) != (than.parentId() == null)) {
			return span.parentId() == null;
		}
		return span.start() < than.start();
	}

	private boolean addId(String spanId) {
		if (this.count < FEW) {
			for (int i = 0; i < this.count; i++) {
				if (this.spans[i].spanId().equals(spanId)) {
					return false;
				}
			}
			return true;
		}
		if (this.count * 2 >= this.positions.length) {
			this.positions = new int[Integer.highestOneBit(this.count) * 4];
			for (int i = 0; i < this.count; i++) {
				this.positions[free(this.spans[i].spanId())] = i + 1;
			}
		}
		int index = free(spanId);
		if (this.positions[index] != 0) {
			return false;
		}
		this.positions[index] = this.count + 1;
		return true;
	}

	/**
	 * Nobody can send ids that all belong to the same place, since nobody knows the seed.
	 */
	private static int hash(String spanId) {
		int hash = 0;
		for (int i = 0; i < spanId.length(); i++) {
			hash = (hash + spanId.charAt(i)) * SEED;
		}
		return hash >>> 7 ^ hash >>> 20;
	}

	/**
	 * Where an id is, or belongs.
	 */
	private int free(String spanId) {
		int mask = this.positions.length - 1;
		int index = hash(spanId) & mask;
		while (this.positions[index] != 0 && !this.spans[this.positions[index] - 1].spanId().equals(spanId)) {
			index = (index + 1) & mask;
		}
		return index;
	}

	void publish() {
		this.summary = new TraceSummary(this.spans, this.count, this.start, this.end, this.errors);
	}

	int count() {
		return this.count;
	}

	int errors() {
		return this.errors;
	}

	long duration() {
		return this.end - this.start;
	}

	/**
	 * The span that names the trace, as far as it is known.
	 */
	@Nullable SpanRecord naming() {
		return this.naming;
	}

	long bytes() {
		return this.bytes;
	}

	/**
	 * When its last span came, milliseconds since the epoch.
	 */
	long touched() {
		return this.touched;
	}

	void touch(long now) {
		this.touched = now;
	}

	/**
	 * Whether it is worth more than others: failed or slow.
	 */
	boolean isNotable() {
		return this.notable;
	}

	void markNotable() {
		this.notable = true;
	}

	@Nullable Share share() {
		return this.share;
	}

	void assign(@Nullable Share share) {
		this.share = share;
	}

	/**
	 * Whether an origin was the last to be indexed, which it is from now on.
	 */
	boolean isIndexed(SpanOrigin origin) {
		boolean same = this.indexed == origin;
		this.indexed = origin;
		return same;
	}

	int postings() {
		return this.postingCount;
	}

	boolean hasPosting(Posting posting) {
		return this.postings[find(posting)] != null;
	}

	/**
	 * Adds a posting that it does not have.
	 */
	void addPosting(Posting posting) {
		this.postings[find(posting)] = posting;
		this.postingCount++;
		if (this.postingCount > this.postings.length - this.postings.length / 4) {
			@Nullable Posting[] smaller = this.postings;
			this.postings = new Posting[smaller.length * 2];
			for (Posting known : smaller) {
				if (known != null) {
					this.postings[find(known)] = known;
				}
			}
		}
	}

	private int find(Posting posting) {
		int mask = this.postings.length - 1;
		int index = posting.hashCode() * 0x9E3779B9 >>> 7 & mask;
		while (this.postings[index] != null && this.postings[index] != posting) {
			index = (index + 1) & mask;
		}
		return index;
	}

	void forEachPosting(Consumer<Posting> action) {
		for (Posting posting : this.postings) {
			if (posting != null) {
				action.accept(posting);
			}
		}
	}

}
