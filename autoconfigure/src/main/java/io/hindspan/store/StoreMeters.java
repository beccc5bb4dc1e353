package io.hindspan.store;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the store.
 */
final class StoreMeters implements MeterBinder {

	private static final String BYTES = "bytes";

	private final TraceStore store;

	StoreMeters(TraceStore store) {
		this.store = store;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "hindspan.store.traces", "Traces in the store", null, StoreStatus::traces);
		gauge(registry, "hindspan.store.spans", "Spans in the store", null, StoreStatus::spans);
		gauge(registry, "hindspan.store.bytes", "Memory that the traces in the store take, as estimated", BYTES,
				StoreStatus::bytes);
		gauge(registry, "hindspan.store.bytes.max", "Memory that the traces in the store may take", BYTES,
				StoreStatus::maxBytes);
		evicted(registry, "size", StoreStatus::evictedBySize);
		evicted(registry, "age", StoreStatus::evictedByAge);
		counter("hindspan.store.spans.rejected", (store) -> store.status().rejectedSpans())
			.description("Spans that the store did not take, since they or their traces are too large")
			.register(registry);
		counter("hindspan.store.values.unindexed", TraceStore::unindexed)
			.description("Values that the store did not index, since they are long or too many")
			.register(registry);
	}

	private void gauge(MeterRegistry registry, String name, String description, @Nullable String unit,
			ToDoubleFunction<StoreStatus> value) {
		Gauge.builder(name, this.store, (store) -> value.applyAsDouble(store.status()))
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private void evicted(MeterRegistry registry, String reason, ToDoubleFunction<StoreStatus> count) {
		counter("hindspan.store.evicted", (store) -> count.applyAsDouble(store.status()))
			.description("Traces that the store has forgotten, by the reason")
			.tag("reason", reason)
			.register(registry);
	}

	private FunctionCounter.Builder<TraceStore> counter(String name, ToDoubleFunction<TraceStore> count) {
		return FunctionCounter.builder(name, this.store, count);
	}

}
