package io.hindspan.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.server.GlobalServerInterceptor;

import io.hindspan.propagation.TrustAutoConfiguration;
import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GrpcTracingAutoConfiguration}.
 */
class GrpcTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
				TrustAutoConfiguration.class, SpanTracingAutoConfiguration.class, GrpcTracingAutoConfiguration.class));

	@Test
	void contributes() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(GrpcTracing.class)
			.hasSingleBean(TracingClientInterceptor.class)
			.hasSingleBean(TracingServerInterceptor.class)
			.hasSingleBean(ClientObservationConvention.class)
			.hasSingleBean(ServerObservationConvention.class));
	}

	@Test
	void interceptorsOfSpringAreNotNeeded() {
		this.runner
			.withClassLoader(new FilteredClassLoader(GlobalClientInterceptor.class, GlobalServerInterceptor.class))
			.run((context) -> assertThat(context).hasSingleBean(GrpcTracing.class)
				.doesNotHaveBean(ClientInterceptor.class)
				.doesNotHaveBean(ServerInterceptor.class));
	}

	@Test
	void metersAreNotNeeded() {
		this.runner.withClassLoader(new FilteredClassLoader(GrpcServerObservationContext.class))
			.run((context) -> assertThat(context).hasSingleBean(TracingServerInterceptor.class)
				.doesNotHaveBean(ServerObservationConvention.class));
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.grpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcTracing.class)
				.doesNotHaveBean(ServerInterceptor.class));
	}

	@Test
	void isOffForTheSideThatIsNotObserved() {
		this.runner.withPropertyValues("spring.grpc.client.observation.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(TracingServerInterceptor.class)
				.doesNotHaveBean(TracingClientInterceptor.class));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GrpcTracing.class));
	}

	@Test
	void isAbsentWithoutSpans() {
		this.runner.withPropertyValues("hindspan.span.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcTracing.class));
	}

}
