package io.hindspan.s3;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.services.s3.S3Client;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link S3TracingAutoConfiguration}.
 */
class S3TracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpanTracingAutoConfiguration.class, S3TracingAutoConfiguration.class));

	@Test
	void contributes() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(AwsClientTracing.class)
			.hasSingleBean(SdkClientPostProcessor.class));
	}

	@Test
	void leavesAClientOfTheApplicationsOwnAsItIs() {
		this.runner.withBean(S3Client.class, OwnClient::new)
			.run((context) -> assertThat(context.getBean(S3Client.class)).isExactlyInstanceOf(OwnClient.class));
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.s3.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(AwsClientTracing.class)
				.doesNotHaveBean(SdkClientPostProcessor.class));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("awsClientTracing"));
	}

	@Test
	void hintsTellWhatTheSdkFindsByName() {
		RuntimeHints hints = new RuntimeHints();
		new S3RuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.resource()
			.forResource("software/amazon/awssdk/global/handlers/execution.interceptors")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(AwsApiCallInterceptor.class)).accepts(hints);
	}

	private static final class OwnClient implements S3Client {

		@Override
		public String serviceName() {
			return "own";
		}

		@Override
		public void close() {
		}

	}

}
