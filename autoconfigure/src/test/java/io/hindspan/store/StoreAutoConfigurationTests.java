package io.hindspan.store;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import io.hindspan.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StoreAutoConfiguration}.
 */
class StoreAutoConfigurationTests {

	private static final String DEVELOPMENT = "hindspan.environment=development";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StoreAutoConfiguration.class));

	@Test
	void smallHeapHasASmallStoreUnlessItIsSet() {
		assertThat(maxBytes(null, "4GB")).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(maxBytes(null, "128MB")).isEqualTo(DataSize.ofMegabytes(32));
		assertThat(maxBytes("96MB", "128MB")).isEqualTo(DataSize.ofMegabytes(96));
	}

	private static DataSize maxBytes(@Nullable String maxSize, String heap) {
		StoreProperties properties = new StoreProperties(null, (maxSize != null) ? DataSize.parse(maxSize) : null,
				Duration.ofHours(1), 20_000, null, Duration.ofDays(30), DataSize.ofGigabytes(1));
		return DataSize.ofBytes(properties.maxBytes(DataSize.parse(heap).toBytes()));
	}

	@Test
	void storeIsThereInDevelopment() {
		this.runner.withPropertyValues(DEVELOPMENT)
			.run((context) -> assertThat(context.getBean(TraceStore.class).status().maxBytes()).isEqualTo(64 << 20));
	}

	@ParameterizedTest
	@CsvSource({ "production", "staging", "anything" })
	void storeIsAbsentElsewhereUnlessAskedFor(String environment) {
		this.runner.withPropertyValues("ENVIRONMENT=" + environment)
			.run((context) -> assertThat(context).doesNotHaveBean(TraceStore.class).doesNotHaveBean(StoreMeters.class));
		this.runner.withPropertyValues("ENVIRONMENT=" + environment, "hindspan.store.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(TraceStore.class));
	}

	@ParameterizedTest
	@CsvSource({ "hindspan.store.enabled", "hindspan.enabled", "management.opentelemetry.enabled" })
	void isOffByProperty(String property) {
		this.runner.withPropertyValues(DEVELOPMENT, property + "=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TraceStore.class));
	}

	@Test
	void backsOffForAStoreOfTheApplication() {
		TraceStore own = new TraceStore();
		this.runner.withPropertyValues(DEVELOPMENT)
			.withBean("own", TraceStore.class, () -> own)
			.run((context) -> assertThat(context.getBean(TraceStore.class)).isSameAs(own));
	}

	@Test
	void isAbsentWithoutOpenTelemetrysSdk() {
		this.runner.withPropertyValues(DEVELOPMENT)
			.withClassLoader(new FilteredClassLoader(SpanData.class))
			.run((context) -> assertThat(context).doesNotHaveBean("traceStore"));
	}

	@Test
	void needsNoMeters() {
		this.runner.withPropertyValues(DEVELOPMENT)
			.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasSingleBean(TraceStore.class).doesNotHaveBean("storeMeters"));
	}

	@Test
	void boundsAreThoseOfTheProperties() {
		this.runner
			.withPropertyValues(DEVELOPMENT, "hindspan.store.max-size=2MB", "hindspan.store.max-age=1ms",
					"hindspan.store.max-spans-per-trace=1")
			.run((context) -> {
				TraceStore store = context.getBean(TraceStore.class);
				store.add(List.of(RecordedSpan.of(1, 1).record(), RecordedSpan.of(1, 2).record()));
				assertThat(store.status().maxBytes()).isEqualTo(2 << 20);
				assertThat(store.status().rejectedSpans()).isOne();
				await().until(() -> store.status().evictedByAge() == 1);
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			max-size            | 1023KB  | Set it to at least 1MB
			max-age             | 0s      | Set it to a positive time
			max-age             | -1s     | Set it to a positive time
			max-spans-per-trace | 0       | Set it to a number from 1 to 1000000
			max-spans-per-trace | 1000001 | Set it to a number from 1 to 1000000
			enabled             | perhaps | Set it to true or false
			""")
	void wrongPropertyFailsTheStart(String property, String value, String remedy) {
		this.runner.withPropertyValues(DEVELOPMENT, "hindspan.store." + property + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("hindspan.store." + property);
					assertThat(ex.getReason()).startsWith(remedy);
				}));
	}

	@Test
	void metersTellWhatTheStoreHolds() {
		SettableClock clock = new SettableClock();
		TraceStore store = new TraceStore(new StoreBounds(1 << 20, Duration.ofHours(1), 1), clock);
		MeterRegistry registry = new SimpleMeterRegistry();
		new StoreMeters(store).bindTo(registry);
		store.add(List.of(RecordedSpan.of(1, 1).record(), RecordedSpan.of(1, 2).record(),
				RecordedSpan.of(2, 1).with("long", "x".repeat(Postings.MAX_VALUE_LENGTH + 1)).record()));
		assertThat(registry.get("hindspan.store.traces").gauge().value()).isEqualTo(2);
		assertThat(registry.get("hindspan.store.spans").gauge().value()).isEqualTo(2);
		assertThat(registry.get("hindspan.store.bytes").gauge().value()).isEqualTo(store.status().bytes()).isPositive();
		assertThat(registry.get("hindspan.store.bytes.max").gauge().value()).isEqualTo(1 << 20);
		assertThat(registry.get("hindspan.store.spans.rejected").functionCounter().count()).isOne();
		assertThat(registry.get("hindspan.store.values.unindexed").functionCounter().count()).isOne();
		clock.advance(Duration.ofHours(2));
		assertThat(registry.get("hindspan.store.evicted").tag("reason", "age").functionCounter().count()).isEqualTo(2);
		assertThat(registry.get("hindspan.store.evicted").tag("reason", "size").functionCounter().count()).isZero();
		assertThat(registry.get("hindspan.store.traces").gauge().value()).isZero();
	}

	@Test
	void boundsWithoutPropertiesAreTheirDefaults() {
		assertThat(new TraceStore(StoreBounds.DEFAULT, Clock.systemUTC()).status().maxBytes())
			.isEqualTo(new TraceStore().status().maxBytes())
			.isEqualTo(64 << 20);
	}

}
