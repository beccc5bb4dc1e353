package io.hindspan.guard;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the guard has done. Thread-safe.
 */
final class GuardStatistics {

	/** What a rule or a detector has failed on. */
	static final String UNREADABLE = "unreadable";

	/** What detectors of the application's own call it is counted together. */
	static final String OTHER = "other";

	private static final List<String> TYPES = List.of("email", "jwt", "bearer", "basic", "card", "iban", "userinfo",
			"value", "token", "private-key", "secret", "literal", "row", "sql", UNREADABLE, OTHER);

	private final Map<String, LongAdder> masked;

	final LongAdder cut = new LongAdder();

	final LongAdder foldedNames = new LongAdder();

	final LongAdder otherNames = new LongAdder();

	final LongAdder droppedAttributes = new LongAdder();

	final LongAdder droppedEvents = new LongAdder();

	final LongAdder droppedLinks = new LongAdder();

	/**
	 * Starts at zero.
	 * @param patterns the names of the application's patterns
	 */
	GuardStatistics(Collection<String> patterns) {
		Map<String, LongAdder> masked = new LinkedHashMap<>();
		TYPES.forEach((type) -> masked.put(type, new LongAdder()));
		patterns.forEach((type) -> masked.put(type, new LongAdder()));
		this.masked = masked;
	}

	void masked(String type) {
		LongAdder count = this.masked.get(type);
		((count != null) ? count : this.masked.get(OTHER)).increment();
	}

	Set<String> types() {
		return this.masked.keySet();
	}

	long countMasked(String type) {
		return this.masked.get(type).sum();
	}

}
