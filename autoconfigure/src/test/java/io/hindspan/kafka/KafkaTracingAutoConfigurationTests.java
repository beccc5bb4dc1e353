package io.hindspan.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.CompositeBatchInterceptor;
import org.springframework.kafka.listener.CompositeRecordInterceptor;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.FailedRecordProcessor;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.mock.MockProducerFactory;
import org.springframework.kafka.retrytopic.DestinationTopic;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaTracingAutoConfiguration}.
 */
class KafkaTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
				SpanTracingAutoConfiguration.class, KafkaAutoConfiguration.class, KafkaTracingAutoConfiguration.class));

	@Test
	void contributes() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(KafkaObservationPostProcessor.class)
				.hasSingleBean(KafkaContainersWithoutLookup.class)
				.hasSingleBean(KafkaSenderConvention.class)
				.hasSingleBean(KafkaReceiverConvention.class)
				.hasSingleBean(KafkaBatchTracing.class);
			assertThat(context.getBean(KafkaTemplate.class).getKafkaAdmin()).isInstanceOf(NoClusterLookup.class);
			assertThat(factory(context).getContainerProperties().isObservationEnabled()).isTrue();
		});
	}

	@Test
	void reachesTheApplicationsOwnBeans() {
		this.runner.withUserConfiguration(OwnBeans.class).run((context) -> {
			assertThat(context.getBean(KafkaTemplate.class).getKafkaAdmin()).isInstanceOf(NoClusterLookup.class);
			assertThat(factory(context).getContainerProperties().isObservationEnabled()).isTrue();
			KafkaMessageListenerContainer<?, ?> container = context.getBean(KafkaMessageListenerContainer.class);
			assertThat(container.getContainerProperties().isObservationEnabled()).isTrue();
			assertThat(container.getKafkaAdmin()).isInstanceOf(NoClusterLookup.class);
		});
	}

	@Test
	void keepsTheAdminAndRegistryThatTheApplicationChose() {
		ObservationRegistry registry = ObservationRegistry.create();
		KafkaAdmin admin = new KafkaAdmin(Map.of());
		this.runner.withUserConfiguration(OwnBeans.class)
			.withBean("chosen", KafkaMessageListenerContainer.class, () -> {
				ContainerProperties properties = new ContainerProperties("tasks");
				properties.setObservationRegistry(registry);
				KafkaMessageListenerContainer<String, String> container = new KafkaMessageListenerContainer<>(
						new DefaultKafkaConsumerFactory<>(Map.of()), properties);
				container.setKafkaAdmin(admin);
				container.setAutoStartup(false);
				return container;
			})
			.run((context) -> {
				KafkaMessageListenerContainer<?, ?> container = context.getBean("chosen",
						KafkaMessageListenerContainer.class);
				assertThat(container.getContainerProperties().isObservationEnabled()).isTrue();
				assertThat(container.getContainerProperties().getObservationRegistry()).isSameAs(registry);
				assertThat(container.getKafkaAdmin()).isSameAs(admin);
			});
	}

	@Test
	void leavesTheAdminBeanAlone() {
		this.runner.run((context) -> assertThat(context).getBean(KafkaAdmin.class)
			.isNotInstanceOf(NoClusterLookup.class)
			.extracting(KafkaAdmin::getClusterId)
			.isNull());
	}

	@Test
	void respectsSpringBootsPropertyForTemplates() {
		this.runner.withPropertyValues("spring.kafka.template.observation-enabled=false").run((context) -> {
			assertThat(context.getBean(KafkaTemplate.class).getKafkaAdmin()).isNull();
			assertThat(factory(context).getContainerProperties().isObservationEnabled()).isTrue();
		});
	}

	@Test
	void respectsSpringBootsPropertyForListeners() {
		this.runner.withPropertyValues("spring.kafka.listener.observation-enabled=false").run((context) -> {
			assertThat(context.getBean(KafkaTemplate.class).getKafkaAdmin()).isInstanceOf(NoClusterLookup.class);
			assertThat(factory(context).getContainerProperties().isObservationEnabled()).isFalse();
		});
	}

	@Test
	void keepsTheApplicationsInterceptors() {
		List<String> intercepted = new ArrayList<>();
		this.runner.withBean("chosen", ConcurrentKafkaListenerContainerFactory.class, () -> {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setRecordInterceptor((record, consumer) -> {
				intercepted.add("record");
				return record;
			});
			factory.setBatchInterceptor((records, consumer) -> {
				intercepted.add("batch");
				return records;
			});
			return factory;
		}).run((context) -> {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = chosen(context);
			MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest");
			RecordInterceptor<Object, Object> records = factory.getRecordInterceptor();
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>("tasks", 0, 0, null, "task 17");
			assertThat(records).isInstanceOf(CompositeRecordInterceptor.class);
			assertThat(records.intercept(record, consumer)).isSameAs(record);
			BatchInterceptor<Object, Object> batches = factory.getBatchInterceptor();
			assertThat(batches).isInstanceOf(CompositeBatchInterceptor.class);
			ConsumerRecords<Object, Object> none = new ConsumerRecords<>(Map.of(), Map.of());
			assertThat(batches.intercept(none, consumer)).isSameAs(none);
			assertThat(intercepted).containsExactly("record", "batch");
		});
	}

	@SuppressWarnings("unchecked")
	private static ConcurrentKafkaListenerContainerFactory<Object, Object> chosen(
			AssertableApplicationContext context) {
		return context.getBean("chosen", ConcurrentKafkaListenerContainerFactory.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-attempts-in-trace=-1", "max-age-in-trace=-1s" })
	void refusesNegativeBounds(String property) {
		String name = "hindspan.kafka." + property.substring(0, property.indexOf('='));
		this.runner.withPropertyValues("hindspan.kafka." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining(name));
	}

	@Test
	void tellsTheNativeImageWhatItReads() {
		RuntimeHints hints = new RuntimeHints();
		new KafkaRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(FailedRecordProcessor.class, "failureTracker"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(DestinationTopic.Properties.class, "maxAttempts"))
			.accepts(hints);
	}

	@Test
	void isOffByProperty() {
		this.runner.withPropertyValues("hindspan.kafka.enabled=false").run(this::isAbsent);
	}

	@Test
	void isOffWithTheWhole() {
		this.runner.withPropertyValues("hindspan.enabled=false").run(this::isAbsent);
	}

	@Test
	void backsOffWithoutTracing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, KafkaTracingAutoConfiguration.class))
			.run(this::isAbsent);
	}

	private void isAbsent(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed()
			.doesNotHaveBean(KafkaTracingAutoConfiguration.class)
			.doesNotHaveBean(KafkaObservationPostProcessor.class);
		assertThat(context.getBean(KafkaTemplate.class).getKafkaAdmin()).isNull();
		assertThat(factory(context).getContainerProperties().isObservationEnabled()).isFalse();
		assertThat(factory(context).getRecordInterceptor()).isNull();
		assertThat(factory(context).getBatchInterceptor()).isNull();
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.kafka", "org.apache.kafka"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(KafkaTracingAutoConfiguration.class)
				.doesNotHaveBean("kafkaObservationPostProcessor"));
	}

	@Test
	void letsAnApplicationWithoutABrokerStart() {
		// In plain Spring Kafka, a producer factory that names no servers fails the
		// start of an observed template
		this.runner.withUserConfiguration(OwnBeans.class)
			.withPropertyValues("spring.kafka.template.observation-enabled=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static ConcurrentKafkaListenerContainerFactory<?, ?> factory(AssertableApplicationContext context) {
		return context.getBean(ConcurrentKafkaListenerContainerFactory.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		ProducerFactory<String, String> producerFactory() {
			return new MockProducerFactory<>(() -> new MockProducer<>(true, new RoundRobinPartitioner(),
					new StringSerializer(), new StringSerializer()));
		}

		@Bean
		KafkaTemplate<String, String> ownTemplate(ProducerFactory<String, String> producerFactory) {
			return new KafkaTemplate<>(producerFactory);
		}

		@Bean
		ConsumerFactory<String, String> consumerFactory() {
			return new DefaultKafkaConsumerFactory<>(Map.of());
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
				ConsumerFactory<String, String> consumerFactory) {
			ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumerFactory);
			return factory;
		}

		@Bean
		KafkaMessageListenerContainer<String, String> ownContainer(ConsumerFactory<String, String> consumerFactory) {
			ContainerProperties properties = new ContainerProperties("tasks");
			properties.setMessageListener((MessageListener<String, String>) (record) -> {
			});
			KafkaMessageListenerContainer<String, String> container = new KafkaMessageListenerContainer<>(
					consumerFactory, properties);
			container.setAutoStartup(false);
			return container;
		}

	}

}
