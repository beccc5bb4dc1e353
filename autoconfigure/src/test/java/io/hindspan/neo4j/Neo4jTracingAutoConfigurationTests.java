package io.hindspan.neo4j;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.neo4j.driver.Driver;
import org.neo4j.driver.observation.micrometer.MicrometerObservationProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.neo4j.autoconfigure.Neo4jAutoConfiguration;
import org.springframework.boot.neo4j.autoconfigure.observation.Neo4jObservationAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Neo4jTracingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class Neo4jTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
						OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
						SpanTracingAutoConfiguration.class, Neo4jTracingAutoConfiguration.class,
						Neo4jObservationAutoConfiguration.class, Neo4jAutoConfiguration.class))
		.withPropertyValues("hindspan.test.technologies=neo4j");

	@Test
	void speaksForWhatTheDriverObserves(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(QueryConvention.class).hasSingleBean(DriverConvention.class);
			assertThat(output).doesNotContain("are not traced");
		});
	}

	@Test
	void isOffByItsProperty(CapturedOutput output) {
		this.runner.withPropertyValues("hindspan.neo4j.enabled=false").run((context) -> {
			assertThat(context).hasSingleBean(Driver.class).doesNotHaveBean(QueryConvention.class);
			assertThat(output).doesNotContain("are not traced");
		});
	}

	@Test
	void isAbsentWithoutTheDriver() {
		this.runner.withClassLoader(new FilteredClassLoader("org.neo4j.driver"))
			.run((context) -> assertThat(context).doesNotHaveBean(Neo4jTracingAutoConfiguration.class));
	}

	@Test
	void saysSoWhereTheDriverDoesNotObserveItself(CapturedOutput output) {
		this.runner.withClassLoader(new FilteredClassLoader(MicrometerObservationProvider.class)).run((context) -> {
			assertThat(context).hasSingleBean(Driver.class).doesNotHaveBean(QueryConvention.class);
			assertThat(output).contains("neo4j-java-driver-observation-micrometer");
		});
	}

	@Test
	void saysNothingWhereThereIsNoDriver(CapturedOutput output) {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
							OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
							SpanTracingAutoConfiguration.class, Neo4jTracingAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MicrometerObservationProvider.class))
			.run((context) -> assertThat(output).doesNotContain("neo4j-java-driver-observation-micrometer"));
	}

	@Test
	void negativeThresholdFailsTheStart() {
		this.runner.withPropertyValues("hindspan.neo4j.acquire-threshold=-1ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class));
	}

}
