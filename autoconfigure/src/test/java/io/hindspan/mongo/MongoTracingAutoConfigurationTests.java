package io.hindspan.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.SynchronousContextProvider;
import com.mongodb.client.internal.MongoClientImpl;
import com.mongodb.observability.micrometer.MicrometerObservabilitySettings;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.mongodb.autoconfigure.MongoAutoConfiguration;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MongoTracingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MongoTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				MongoTracingAutoConfiguration.class, MongoAutoConfiguration.class))
		.withPropertyValues("hindspan.test.technologies=mongodb");

	@Test
	void tracesSpringBootsClient(CapturedOutput output) {
		this.runner.run((context) -> {
			MongoClientSettings settings = settings(context);
			assertThat(settings.getCommandListeners()).hasAtLeastOneElementOfType(CommandTracer.class);
			assertThat(settings.getContextProvider()).isInstanceOf(SynchronousContextProvider.class)
				.isInstanceOf(ReactiveContextProvider.class);
			assertThat(output).doesNotContain("are not traced");
		});
	}

	@Test
	void tracesClientWithSettingsOfTheApplication() {
		this.runner.withUserConfiguration(OwnSettings.class).run((context) -> {
			MongoClientSettings settings = settings(context);
			assertThat(settings.getApplicationName()).isEqualTo("own");
			assertThat(settings.getCommandListeners()).hasAtLeastOneElementOfType(CommandTracer.class);
			assertThat(settings.getContextProvider()).isSameAs(OwnSettings.CONTEXTS);
		});
	}

	@Test
	void leavesObservabilityOfTheApplicationAlone() {
		this.runner.withUserConfiguration(OwnObservability.class).run((context) -> {
			MongoClientSettings settings = settings(context);
			assertThat(settings.getCommandListeners()).noneMatch(CommandTracer.class::isInstance);
			assertThat(((MicrometerObservabilitySettings) settings.getObservabilitySettings()).getObservationRegistry())
				.isSameAs(context.getBean(ObservationRegistry.class));
		});
	}

	@Test
	void namesClientMadeByHand(CapturedOutput output) {
		this.runner.withUserConfiguration(OwnClient.class).run((context) -> {
			assertThat(settings(context).getCommandListeners()).isEmpty();
			assertThat(output).contains("MongoDB clients [own] are not traced");
		});
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.mongo.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(CommandTracer.class);
			assertThat(settings(context).getCommandListeners()).isEmpty();
			assertThat(settings(context).getObservabilitySettings()).isNull();
		});
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader(MongoClientSettings.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CommandTracer.class));
	}

	@Test
	void reactiveDriverIsNotNeeded() {
		this.runner.withClassLoader(new FilteredClassLoader("com.mongodb.reactivestreams"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CommandTracer.class)
				.doesNotHaveBean(SubscriberContexts.class));
	}

	@Test
	void synchronousDriverIsNotNeeded() {
		this.runner.withClassLoader(new FilteredClassLoader("com.mongodb.client."))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SubscriberContexts.class)
				.doesNotHaveBean(CallerContexts.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{"find": "t", "filter": {"a": 1, "b": {"$gt": 2}}, "lsid": {"id": 1}, "$db": "x"} | {"find": "t", "filter": {"a": "?", "b": {"$gt": "?"}}}
					{"insert": "t", "documents": [{"a": "x"}, {"b": "y"}]} | {"insert": "t", "documents": [{"a": "?"}, ...]}
					{"aggregate": "t", "pipeline": [{"$match": {"a": 1}}, {"$limit": 3}]} | {"aggregate": "t", "pipeline": [{"$match": {"a": "?"}}, {"$limit": "?"}]}
					{"find": "t", "filter": {}, "sort": {"a": []}} | {"find": "t", "filter": {}, "sort": {"a": []}}
					""")
	void textHasNoValues(String command, String text) {
		assertThat(CommandText.of(BsonDocument.parse(command), true)).isEqualTo(text);
	}

	@Test
	void textIsBounded() {
		BsonDocument command = BsonDocument.parse("{'find': 't', 'filter': {}}");
		for (int i = 0; i < 10_000; i++) {
			command.getDocument("filter").append("field" + i, BsonDocument.parse("{'a': 1}"));
		}
		assertThat(CommandText.of(command, true)).hasSizeLessThan(CommandText.MAX_LENGTH + 100).endsWith("...}}");
		BsonDocument deep = BsonDocument.parse("{'find': 't'}");
		BsonDocument level = deep;
		for (int i = 0; i < 10_000; i++) {
			BsonDocument next = new BsonDocument();
			level.append("a", next);
			level = next;
		}
		assertThat(CommandText.of(deep, true)).hasSizeLessThan(300).contains("\"?\"");
	}

	private static MongoClientSettings settings(AssertableApplicationContext context) {
		return ((MongoClientImpl) context.getBean(MongoClient.class)).getSettings();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSettings {

		static final SynchronousContextProvider CONTEXTS = () -> new SubscriberContexts.Entries(Context.root());

		@Bean
		MongoClientSettings settings() {
			return MongoClientSettings.builder().applicationName("own").contextProvider(CONTEXTS).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnObservability {

		@Bean
		MongoClientSettingsBuilderCustomizer observability(ObservationRegistry registry) {
			return (settings) -> settings
				.observabilitySettings(MicrometerObservabilitySettings.builder().observationRegistry(registry).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClient {

		@Bean
		MongoClient own() {
			return MongoClients.create("mongodb://127.0.0.1:1");
		}

	}

}
