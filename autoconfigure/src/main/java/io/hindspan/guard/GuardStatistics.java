package io.hindspan.guard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import io.opentelemetry.sdk.trace.SpanLimits;

import io.hindspan.core.Bound;

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

	private static final String LIMITS = "management.opentelemetry.tracing.limits.";

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

	/**
	 * The bounds of spans and their texts.
	 */
	List<Bound> bounds(GuardProperties properties, SpanLimits limits) {
		List<Bound> bounds = new ArrayList<>();
		bounds.add(each("Attributes of a span", Bound.Unit.ENTRIES, limits.getMaxNumberOfAttributes(),
				this.droppedAttributes, "attributes left out", LIMITS + "max-attributes"));
		bounds.add(each("Events of a span", Bound.Unit.ENTRIES, limits.getMaxNumberOfEvents(), this.droppedEvents,
				"events left out", LIMITS + "max-events"));
		bounds.add(each("Links of a span", Bound.Unit.ENTRIES, limits.getMaxNumberOfLinks(), this.droppedLinks,
				"links left out", LIMITS + "max-links"));
		bounds.add(each("Length of a text", Bound.Unit.CHARACTERS,
				Math.min(limits.getMaxAttributeValueLength(), TextGuard.MAX_LENGTH), this.cut, "texts cut",
				LIMITS + "max-attribute-value-length"));
		if (properties.maxSpanNames() > 0) {
			bounds.add(each("Span names of an instrumentation", Bound.Unit.VALUES, properties.maxSpanNames(),
					this.foldedNames, "names with their ids folded", GuardProperties.PREFIX + "max-span-names"));
		}
		return bounds;
	}

	private static Bound each(String what, Bound.Unit unit, long limit, LongAdder givenUp, String loss,
			String property) {
		return new Bound(what, unit, null, limit, givenUp.sum(), loss, property);
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
