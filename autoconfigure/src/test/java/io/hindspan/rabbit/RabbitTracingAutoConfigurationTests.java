package io.hindspan.rabbit;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RabbitTracingAutoConfiguration}.
 */
class RabbitTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				RabbitAutoConfiguration.class, RabbitTracingAutoConfiguration.class));

	@Test
	void contributes() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(RabbitObservationPostProcessor.class)
				.hasSingleBean(RabbitSenderConvention.class)
				.hasSingleBean(RabbitReceiverConvention.class);
			assertThat(isObserved(context.getBean(RabbitTemplate.class))).isTrue();
			assertThat(isObserved(context.getBean(SimpleRabbitListenerContainerFactory.class))).isTrue();
		});
	}

	@Test
	void reachesTheApplicationsOwnBeans() {
		this.runner.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context.getBeansOfType(Object.class))
				.containsKeys("ownTemplate", "ownSimple", "ownDirect", "ownContainer")
				.allSatisfy((name, bean) -> {
					if (name.startsWith("own")) {
						assertThat(isObserved(bean)).as(name).isTrue();
					}
				}));
	}

	@Test
	void respectsSpringBootsPropertyForTemplates() {
		this.runner.withPropertyValues("spring.rabbitmq.template.observation-enabled=false").run((context) -> {
			assertThat(isObserved(context.getBean(RabbitTemplate.class))).isFalse();
			assertThat(isObserved(context.getBean(SimpleRabbitListenerContainerFactory.class))).isTrue();
		});
	}

	@Test
	void respectsSpringBootsPropertyForSimpleListeners() {
		this.runner.withPropertyValues("spring.rabbitmq.listener.simple.observation-enabled=false").run((context) -> {
			assertThat(isObserved(context.getBean(RabbitTemplate.class))).isTrue();
			assertThat(isObserved(context.getBean(SimpleRabbitListenerContainerFactory.class))).isFalse();
		});
	}

	@Test
	void respectsSpringBootsPropertyForDirectListeners() {
		this.runner
			.withPropertyValues("spring.rabbitmq.listener.type=direct",
					"spring.rabbitmq.listener.direct.observation-enabled=false")
			.run((context) -> assertThat(isObserved(context.getBean(DirectRabbitListenerContainerFactory.class)))
				.isFalse());
	}

	@Test
	void isOffByProperty() {
		this.runner.withPropertyValues("hindspan.rabbit.enabled=false").run(this::isAbsent);
	}

	@Test
	void isOffWithTheWhole() {
		this.runner.withPropertyValues("hindspan.enabled=false").run(this::isAbsent);
	}

	@Test
	void backsOffWithoutTracing() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RabbitAutoConfiguration.class, RabbitTracingAutoConfiguration.class))
			.run(this::isAbsent);
	}

	private void isAbsent(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed()
			.doesNotHaveBean(RabbitTracingAutoConfiguration.class)
			.doesNotHaveBean(RabbitObservationPostProcessor.class);
		assertThat(isObserved(context.getBean(RabbitTemplate.class))).isFalse();
		assertThat(isObserved(context.getBean(SimpleRabbitListenerContainerFactory.class))).isFalse();
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.amqp", "com.rabbitmq"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(RabbitTracingAutoConfiguration.class)
				.doesNotHaveBean("rabbitObservationPostProcessor"));
	}

	/**
	 * Spring AMQP has no way to ask. What follows from it, the integration tests see.
	 */
	private static boolean isObserved(Object bean) {
		return Boolean.TRUE.equals(ReflectionTestUtils.getField(bean, "observationEnabled"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		RabbitTemplate ownTemplate() {
			return new RabbitTemplate(new CachingConnectionFactory("localhost"));
		}

		@Bean
		SimpleRabbitListenerContainerFactory ownSimple() {
			return new SimpleRabbitListenerContainerFactory();
		}

		@Bean
		DirectRabbitListenerContainerFactory ownDirect() {
			return new DirectRabbitListenerContainerFactory();
		}

		@Bean
		SimpleMessageListenerContainer ownContainer() {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(
					new CachingConnectionFactory("localhost"));
			container.setAutoStartup(false);
			return container;
		}

	}

}
