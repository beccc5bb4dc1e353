package io.hindspan.httpclient;

import java.util.Map;

import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import io.hindspan.TracedApplication;
import io.hindspan.propagation.TrustAutoConfiguration;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.test.OtlpReceiver;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RestClientTracingAutoConfiguration} and
 * {@link WebClientTracingAutoConfiguration}.
 */
class ClientTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					TrustAutoConfiguration.class, SpanTracingAutoConfiguration.class,
					RestClientTracingAutoConfiguration.class, WebClientTracingAutoConfiguration.class));

	@Test
	void tracesClientsMadeByHand() {
		this.runner.withUserConfiguration(HandMade.class).run((context) -> {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			assertThat(context.getBean(RestTemplate.class).getObservationRegistry()).isSameAs(registry);
			assertThat(context.getBean(RestClient.class)).extracting("observationRegistry").isSameAs(registry);
			assertThat(context.getBean(WebClient.class)).extracting("observationRegistry").isSameAs(registry);
			assertThat(context.getBean(RestClient.Builder.class)).extracting("observationRegistry").isSameAs(registry);
			assertThat(context.getBean(WebClient.Builder.class)).extracting("observationRegistry").isSameAs(registry);
		});
	}

	@Test
	void leavesImplementationsOfOthersAlone() {
		RestClient restClient = mock(RestClient.class);
		WebClient webClient = mock(WebClient.class);
		RestTemplate restTemplate = mock(RestTemplate.class);
		this.runner.withBean(RestTemplate.class, () -> restTemplate)
			.withBean(RestClient.class, () -> restClient)
			.withBean(WebClient.class, () -> webClient)
			.run((context) -> {
				assertThat(context.getBean(RestTemplate.class)).isSameAs(restTemplate);
				assertThat(context.getBean(RestClient.class)).isSameAs(restClient);
				assertThat(context.getBean(WebClient.class)).isSameAs(webClient);
			});
	}

	@Test
	void leavesObservedClientsWithoutInterceptorsAlone() {
		this.runner.withUserConfiguration(HandMade.class).run((context) -> {
			RestClientTracing restClients = context.getBean(RestClientTracing.class);
			WebClientTracing webClients = context.getBean(WebClientTracing.class);
			RestClient restClient = context.getBean(RestClient.class);
			WebClient webClient = context.getBean(WebClient.class);
			assertThat(restClients.trace(restClient)).isSameAs(restClient);
			assertThat(webClients.trace(webClient)).isSameAs(webClient);
		});
	}

	@Test
	void reflectionIsKnownAheadOfTime() throws ClassNotFoundException {
		RuntimeHints hints = new RuntimeHints();
		new HttpClientRuntimeHints().registerHints(hints, getClass().getClassLoader());
		for (String type : ObservedField.OF_SPRING) {
			assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(Class.forName(type), "observationRegistry"))
				.accepts(hints);
		}
	}

	@Test
	void isOffByProperty() {
		this.runner.withUserConfiguration(HandMade.class)
			.withPropertyValues("hindspan.httpclient.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(RestClientTracing.class)
					.doesNotHaveBean(WebClientTracing.class)
					.doesNotHaveBean(RestClientSpanConvention.class)
					.doesNotHaveBean(WebClientSpanConvention.class);
				assertThat(context.getBean(RestTemplate.class).getObservationRegistry().isNoop()).isTrue();
			});
	}

	@Test
	void isAbsentWithoutTheClients() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RestClientTracing.class)
				.doesNotHaveBean(WebClientTracing.class));
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.web"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(RestClientTracing.class)
				.doesNotHaveBean(WebClientTracing.class));
	}

	@Test
	void olderNamesAreWrittenOnDemand() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				CalledService service = new CalledService();
				ConfigurableApplicationContext old = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, "--called.url=" + service.url(), "--hindspan.span.attribute-names=legacy")) {
			old.getBean("createdRestClient", RestClient.class)
				.get()
				.uri("/tasks/{id}", 42)
				.retrieve()
				.toBodilessEntity();
			assertThat(receiver.awaitSpan((span) -> true)).hasOnlyAttributes(Map.of("http.method", "GET", "http.url",
					service.url() + "/tasks/42", "url.template", "/tasks/{id}", "net.peer.name", "localhost",
					"net.peer.port", service.port(), "http.status_code", 200, "http.response_content_length", 4));
		}
	}

	@Test
	void clientsMadeByHandStayAsTheyAreWhenTurnedOff() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				CalledService service = new CalledService();
				ConfigurableApplicationContext off = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, "--called.url=" + service.url(), "--hindspan.httpclient.enabled=false")) {
			off.getBean("createdRestClient", RestClient.class)
				.get()
				.uri("/tasks/{id}", 42)
				.retrieve()
				.toBodilessEntity();
			assertThat(service.header("Traceparent")).isEmpty();
			assertThat(receiver.spans()).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class HandMade {

		@Bean
		RestTemplate newRestTemplate() {
			return new RestTemplate();
		}

		@Bean
		RestClient createdRestClient(Environment environment) {
			return RestClient.create(environment.getProperty("called.url", "http://localhost"));
		}

		@Bean
		WebClient createdWebClient() {
			return WebClient.create();
		}

		@Bean
		RestClient.Builder ownRestClientBuilder() {
			return RestClient.builder();
		}

		@Bean
		WebClient.Builder ownWebClientBuilder() {
			return WebClient.builder();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application extends HandMade {

	}

}
