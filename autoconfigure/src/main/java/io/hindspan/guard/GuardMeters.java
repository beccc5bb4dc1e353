package io.hindspan.guard;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of the guard.
 */
final class GuardMeters implements MeterBinder {

	private static final String FOLDED = "hindspan.guard.names.folded";

	private final SpanGuard guard;

	GuardMeters(SpanGuard guard) {
		this.guard = guard;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		GuardStatistics statistics = this.guard.statistics();
		for (String type : statistics.types()) {
			FunctionCounter.builder("hindspan.guard.masked", statistics, (source) -> source.countMasked(type))
				.description("Parts of spans that were masked, by what they were")
				.tag("type", type)
				.register(registry);
		}
		names(registry, statistics, "ids", (source) -> source.foldedNames);
		names(registry, statistics, "other", (source) -> source.otherNames);
		count(registry, statistics, "hindspan.guard.texts.cut", (source) -> source.cut,
				"Texts of spans whose end was left out since they were too long");
		count(registry, statistics, "hindspan.guard.attributes.dropped", (source) -> source.droppedAttributes,
				"Attributes that spans lost to the limit of their number");
		count(registry, statistics, "hindspan.guard.events.dropped", (source) -> source.droppedEvents,
				"Events that spans lost to the limit of their number");
		count(registry, statistics, "hindspan.guard.links.dropped", (source) -> source.droppedLinks,
				"Links that spans lost to the limit of their number");
		Gauge.builder("hindspan.guard.attributes.exploded", this.guard, SpanGuard::explodedAttributes)
			.description("Attributes of spans with more different values than hindspan.guard.max-attribute-values")
			.register(registry);
	}

	private static void names(MeterRegistry registry, GuardStatistics statistics, String to,
			Function<GuardStatistics, LongAdder> count) {
		FunctionCounter.builder(FOLDED, statistics, (source) -> count.apply(source).sum())
			.description("Spans whose name was one too many, by what became of it")
			.tag("to", to)
			.register(registry);
	}

	private static void count(MeterRegistry registry, GuardStatistics statistics, String name,
			Function<GuardStatistics, LongAdder> count, String description) {
		FunctionCounter.builder(name, statistics, (source) -> count.apply(source).sum())
			.description(description)
			.register(registry);
	}

}
