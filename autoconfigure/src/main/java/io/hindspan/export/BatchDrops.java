package io.hindspan.export;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounterBuilder;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongCounterBuilder;
import io.opentelemetry.api.metrics.LongUpDownCounterBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterBuilder;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.metrics.ObservableLongCounter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.context.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the spans that the batch processor gives up because its queue is full. It tells
 * nobody but a meter provider, which most applications do not have; so it is given one
 * that hands everything on to the application's. Thread-safe.
 */
final class BatchDrops {

	private static final Logger logger = LoggerFactory.getLogger("io.hindspan.export");

	private static final AttributeKey<Boolean> DROPPED = AttributeKey.booleanKey("dropped");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final LongAdder dropped = new LongAdder();

	private final AtomicBoolean said = new AtomicBoolean();

	/**
	 * How many spans were given up so far.
	 */
	long dropped() {
		return this.dropped.sum();
	}

	private void counted(long spans, Attributes attributes) {
		if (Boolean.TRUE.equals(attributes.get(DROPPED)) || "queue_full".equals(attributes.get(ERROR_TYPE))) {
			this.dropped.add(spans);
			if (this.said.compareAndSet(false, true)) {
				logger.warn("Spans end faster than they are put into batches, and some are given up. They are counted "
						+ "in hindspan.export.spans.dropped with target=all; "
						+ "management.opentelemetry.tracing.export.max-queue-size is the limit.");
			}
		}
	}

	/**
	 * The meter provider for the batch processor.
	 * @param provider the application's
	 */
	MeterProvider countingFor(MeterProvider provider) {
		return (scope) -> new Builder(provider.meterBuilder(scope));
	}

	private final class Builder implements MeterBuilder {

		private final MeterBuilder builder;

		private Builder(MeterBuilder builder) {
			this.builder = builder;
		}

		@Override
		public MeterBuilder setSchemaUrl(String schemaUrl) {
			this.builder.setSchemaUrl(schemaUrl);
			return this;
		}

		@Override
		public MeterBuilder setInstrumentationVersion(String instrumentationScopeVersion) {
			this.builder.setInstrumentationVersion(instrumentationScopeVersion);
			return this;
		}

		@Override
		public Meter build() {
			return new Counting(this.builder.build());
		}

	}

	private final class Counting implements Meter {

		private final Meter meter;

		private Counting(Meter meter) {
			this.meter = meter;
		}

		@Override
		public LongCounterBuilder counterBuilder(String name) {
			return new CounterBuilder(this.meter.counterBuilder(name));
		}

		@Override
		public LongUpDownCounterBuilder upDownCounterBuilder(String name) {
			return this.meter.upDownCounterBuilder(name);
		}

		@Override
		public DoubleHistogramBuilder histogramBuilder(String name) {
			return this.meter.histogramBuilder(name);
		}

		@Override
		public DoubleGaugeBuilder gaugeBuilder(String name) {
			return this.meter.gaugeBuilder(name);
		}

	}

	private final class CounterBuilder implements LongCounterBuilder {

		private final LongCounterBuilder builder;

		private CounterBuilder(LongCounterBuilder builder) {
			this.builder = builder;
		}

		@Override
		public LongCounterBuilder setDescription(String description) {
			this.builder.setDescription(description);
			return this;
		}

		@Override
		public LongCounterBuilder setUnit(String unit) {
			this.builder.setUnit(unit);
			return this;
		}

		@Override
		public DoubleCounterBuilder ofDoubles() {
			return this.builder.ofDoubles();
		}

		@Override
		public LongCounter build() {
			return new Counter(this.builder.build());
		}

		@Override
		public ObservableLongCounter buildWithCallback(Consumer<ObservableLongMeasurement> callback) {
			return this.builder.buildWithCallback(callback);
		}

	}

	private final class Counter implements LongCounter {

		private final LongCounter counter;

		private Counter(LongCounter counter) {
			this.counter = counter;
		}

		@Override
		public void add(long value) {
			this.counter.add(value);
		}

		@Override
		public void add(long value, Attributes attributes) {
			counted(value, attributes);
			this.counter.add(value, attributes);
		}

		@Override
		public void add(long value, Attributes attributes, Context context) {
			counted(value, attributes);
			this.counter.add(value, attributes, context);
		}

	}

}
