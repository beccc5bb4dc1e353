package io.hindspan.rabbit;

import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
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
				.hasSingleBean(RabbitReceiverConvention.class)
				.hasSingleBean(RabbitBatchTracing.class);
			assertThat(context.getBean(SimpleRabbitListenerContainerFactory.class).getAdviceChain()).singleElement()
				.isInstanceOf(BatchSpans.class);
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
	void keepsTheApplicationsAdvices() {
		this.runner.withUserConfiguration(OwnAdvices.class).run((context) -> {
			assertThat(context.getBean(SimpleRabbitListenerContainerFactory.class).getAdviceChain()).hasSize(3)
				.hasAtLeastOneElementOfType(AttemptSpans.class)
				.contains(OwnAdvices.ADVICE);
			assertThat(FieldReader.read(context.getBean("container"), "adviceChain"))
				.asInstanceOf(InstanceOfAssertFactories.array(Advice[].class))
				.as("made by the factory, so that it has them already")
				.hasSize(3);
		});
	}

	@Test
	void backsOffFromTheApplicationsOwnApi() {
		this.runner.withBean("own", RabbitBatchTracing.class, () -> new RabbitBatchTracing(null, null))
			.run((context) -> assertThat(context).hasSingleBean(RabbitBatchTracing.class).hasBean("own"));
	}

	@Test
	void readsTheSettingsOfContainers() {
		SimpleMessageListenerContainer container = new SimpleMessageListenerContainer();
		container.setDefaultRequeueRejected(false);
		assertThat(FieldReader.read(container, DeliveryOutcome.REQUEUE_REJECTED)).isEqualTo(false);
		assertThat(FieldReader.read(container, DeliveryOutcome.FATAL_STRATEGY)).isNotNull();
		assertThat(FieldReader.read(container, "noSuchField")).isNull();
		assertThat(RetryLimit.of(RetryInterceptorBuilder.stateless().maxRetries(4).build())).isEqualTo(5);
		assertThat(RetryLimit.ofRedeliveries(
				new Advice[] { RetryInterceptorBuilder.stateful().backOffOptions(1, 2, 3).maxRetries(4).build() }))
			.isEqualTo(5);
	}

	@ParameterizedTest
	@CsvSource({ "max-attempts-in-trace, -1", "max-age-in-trace, -1s" })
	void wrongValuesFailTheStart(String property, String value) {
		this.runner.withPropertyValues("hindspan.rabbit." + property + "=" + value)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("hindspan.rabbit." + property));
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
			assertThat(context.getBean(SimpleRabbitListenerContainerFactory.class).getAdviceChain()).isNull();
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
		assertThat(context.getBean(SimpleRabbitListenerContainerFactory.class).getAdviceChain()).isNull();
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

	@Configuration(proxyBeanMethods = false)
	static class OwnAdvices {

		static final Advice ADVICE = (MethodInterceptor) MethodInvocation::proceed;

		@Bean
		SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory() {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(new CachingConnectionFactory("localhost"));
			factory.setAutoStartup(false);
			factory.setAdviceChain(ADVICE, RetryInterceptorBuilder.stateless().build());
			return factory;
		}

		@Bean
		SimpleMessageListenerContainer container(SimpleRabbitListenerContainerFactory factory) {
			return factory.createListenerContainer();
		}

	}

}
