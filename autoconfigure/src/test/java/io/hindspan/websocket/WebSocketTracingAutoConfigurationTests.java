package io.hindspan.websocket;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.messaging.support.ExecutorSubscribableChannel;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WebSocketTracingAutoConfiguration}.
 */
class WebSocketTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpanTracingAutoConfiguration.class, WebSocketTracingAutoConfiguration.class));

	@Test
	void contributes() {
		this.runner.withBean("clientInboundChannel", ExecutorSubscribableChannel.class)
			.withBean("brokerChannel", ExecutorSubscribableChannel.class)
			.run((context) -> {
				assertThat(context.getBean("clientInboundChannel", ExecutorSubscribableChannel.class).getInterceptors())
					.hasOnlyElementsOfType(HandlingInterceptor.class);
				assertThat(context.getBean("brokerChannel", ExecutorSubscribableChannel.class).getInterceptors())
					.hasOnlyElementsOfType(SendingInterceptor.class);
			});
	}

	@Test
	void leavesOtherChannelsAlone() {
		this.runner.withBean("tasks", ExecutorSubscribableChannel.class)
			.run((context) -> assertThat(context.getBean(ExecutorSubscribableChannel.class).getInterceptors())
				.isEmpty());
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.websocket.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MessagingPostProcessor.class));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("tracingMessagingPostProcessor"));
	}

}
