package io.hindspan.httpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a WebClient made by hand inside a reactive server, many requests at once.
 */
class WebClientInWebFluxTests {

	@Test
	void callsAreChildrenOfTheirOwnRequest() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				CalledService service = new CalledService();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.REACTIVE,
						Application.class, "--called.url=" + service.url())) {
			int port = TracedApplication.port(context);
			HttpClient caller = HttpClient.newHttpClient();
			List<CompletableFuture<HttpResponse<String>>> responses = IntStream.range(0, 12)
				.mapToObj((i) -> HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/tasks/" + i)).build())
				.map((request) -> caller.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
				.toList();
			responses.forEach((response) -> assertThat(response.join().body()).isEqualTo("done"));
			receiver.awaitSpans(36);
			assertThat(receiver.traces()).hasSize(12).allSatisfy((trace) -> {
				Object path = trace.roots().get(0).attribute("url.path");
				assertThat(trace).matchesTree(span("GET /tasks/{id}", SpanKind.SERVER).with(
						span("GET /tasks/{id}", SpanKind.CLIENT).attribute("url.full", service.url() + path),
						span("GET /users/{id}", SpanKind.CLIENT)));
			});
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final WebClient client;

		Application(WebClient client) {
			this.client = client;
		}

		@GetMapping("/tasks/{id}")
		Mono<String> task(@PathVariable String id) {
			return this.client.get()
				.uri("/tasks/{id}", id)
				.retrieve()
				.bodyToMono(String.class)
				.then(this.client.get().uri("/users/{id}", id).retrieve().bodyToMono(String.class));
		}

		@Configuration(proxyBeanMethods = false)
		static class Client {

			@Bean
			WebClient client(Environment environment) {
				return WebClient.create(environment.getRequiredProperty("called.url"));
			}

		}

	}

}
