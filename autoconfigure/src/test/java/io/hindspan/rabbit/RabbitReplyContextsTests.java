package io.hindspan.rabbit;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerEndpoint;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RabbitReplyContexts}.
 */
class RabbitReplyContextsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpanTracingAutoConfiguration.class, RabbitTracingAutoConfiguration.class));

	private final MessageListenerAdapter listener = new MessageListenerAdapter();

	@Test
	void comesAfterWhatTheApplicationHasPutBeforeItsReplies() {
		MessagePostProcessor own = (message) -> message;
		this.listener.setBeforeSendReplyPostProcessors(own);
		this.runner.withBean(RabbitListenerEndpointRegistry.class, this::registry).run((context) -> {
			context.getBean(RabbitReplyContexts.class).start();
			assertThat(this.listener.getBeforeSendReplyPostProcessors()).hasSize(2)
				.startsWith(own)
				.hasAtLeastOneElementOfType(ReplyContext.class);
		});
	}

	@Test
	void isTheOnlyOneWhereTheApplicationHasNone() {
		this.runner.withBean(RabbitListenerEndpointRegistry.class, this::registry)
			.run((context) -> assertThat(this.listener.getBeforeSendReplyPostProcessors())
				.hasOnlyElementsOfType(ReplyContext.class)
				.hasSize(1));
	}

	private RabbitListenerEndpointRegistry registry() {
		SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
		factory.setConnectionFactory(new CachingConnectionFactory("localhost"));
		factory.setAutoStartup(false);
		SimpleRabbitListenerEndpoint endpoint = new SimpleRabbitListenerEndpoint();
		endpoint.setId("listener");
		endpoint.setQueueNames("tasks");
		endpoint.setMessageListener(this.listener);
		RabbitListenerEndpointRegistry registry = new RabbitListenerEndpointRegistry();
		registry.registerListenerContainer(endpoint, factory);
		return registry;
	}

}
