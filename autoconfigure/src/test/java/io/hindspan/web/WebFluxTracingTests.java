package io.hindspan.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for requests to a WebFlux application, over a real connection.
 */
class WebFluxTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static HttpClient client;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.REACTIVE, Application.class,
				"--hindspan.sampling.rules[0].path=/unsampled", "--hindspan.sampling.rules[0].probability=0");
		client = HttpClient.newHttpClient();
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void requestIsAServerSpanNamedByItsRoute() throws Exception {
		HttpResponse<String> response = get("/tasks/17?token=secret");
		assertThat(trace(response)).root()
			.hasName("GET /tasks/{id}")
			.hasKind(SpanKind.SERVER)
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("http.request.method", "GET")
			.hasAttribute("http.route", "/tasks/{id}")
			.hasAttribute("url.path", "/tasks/17")
			.hasAttribute("http.response.status_code", 200L)
			.hasAttribute("server.port", (long) TracedApplication.port(context))
			.hasNoAttribute("http.url", "uri", "method", "outcome", "exception", "status");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/tasks/17", "/none", "/failing", "/gone", "/rejected", "/later" })
	void everyResponseTellsItsTrace(String path) throws Exception {
		HttpResponse<String> response = get(path);
		RecordedTrace trace = trace(response);
		assertThat(response.headers().allValues("X-Trace-Id")).containsExactly(trace.traceId());
		assertThat(response.headers().allValues("traceresponse")).hasSize(1)
			.first()
			.asString()
			.startsWith("00-" + trace.traceId() + "-" + trace.roots().get(0).spanId());
	}

	@Test
	void applicationsOwnHeadersStay() throws Exception {
		HttpResponse<String> response = get("/unsampled");
		assertThat(response.headers().allValues("X-Trace-Id")).containsExactly("mine");
		assertThat(response.headers().allValues("traceresponse")).containsExactly("00-mine");
	}

	@Test
	void exceptionThatNobodyHandlesIsAnError() throws Exception {
		assertThat(trace(get("/failing"))).root()
			.hasName("GET /failing")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 500L)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void notFoundIsNoErrorOfTheServer() throws Exception {
		assertThat(trace(get("/gone"))).root()
			.hasAttribute("http.response.status_code", 410L)
			.hasStatus(StatusCode.UNSET)
			.hasNoAttribute("error.type")
			.hasNoEvents();
	}

	@Test
	void contextFollowsTheReactiveChain() throws Exception {
		HttpResponse<String> response = get("/later");
		RecordedTrace trace = receiver.awaitTrace(response.headers().firstValue("X-Trace-Id").orElseThrow(), 2);
		assertThat(trace).matchesTree(span("GET /later").with(span("work")));
		assertThat(response.body()).isEqualTo(trace.traceId());
	}

	private static HttpResponse<String> get(String path) throws Exception {
		return client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + TracedApplication.port(context) + path))
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static RecordedTrace trace(HttpResponse<String> response) {
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		return receiver.awaitTrace((trace) -> trace.traceId().equals(traceId)
				&& !trace.spans((span) -> span.kind() == SpanKind.SERVER).isEmpty());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final ObservationRegistry registry;

		Application(ObservationRegistry registry) {
			this.registry = registry;
		}

		@GetMapping("/tasks/{id}")
		Mono<String> get(@PathVariable String id) {
			return Mono.just(id);
		}

		@GetMapping("/failing")
		Mono<String> failing() {
			return Mono.error(new IllegalStateException("broken"));
		}

		@GetMapping("/gone")
		Mono<String> gone() {
			return Mono.error(new ResponseStatusException(HttpStatus.GONE));
		}

		@GetMapping("/unsampled")
		Mono<ResponseEntity<Void>> ownHeaders() {
			return Mono.just(ResponseEntity.internalServerError()
				.header("X-Trace-Id", "mine")
				.header("traceresponse", "00-mine")
				.build());
		}

		@GetMapping("/later")
		Mono<String> later() {
			return Mono.delay(Duration.ofMillis(5)).map((tick) -> {
				Observation.createNotStarted("work", this.registry).observe(() -> {
				});
				return String.valueOf(MDC.get("traceId"));
			});
		}

		@Bean
		WebFilter rejectingFilter() {
			return (exchange, chain) -> {
				if (exchange.getRequest().getPath().value().equals("/rejected")) {
					exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
					return exchange.getResponse().setComplete();
				}
				return chain.filter(exchange);
			};
		}

	}

}
