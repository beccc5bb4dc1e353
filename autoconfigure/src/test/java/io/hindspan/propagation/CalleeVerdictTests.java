package io.hindspan.propagation;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a called service has its caller keep, with two real services.
 */
class CalleeVerdictTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext callee;

	private static ConfigurableApplicationContext usualCaller;

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext caller = usualCaller;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		callee = TracedApplication.start(receiver, WebApplicationType.SERVLET, Callee.class,
				"--spring.application.name=callee", "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.slow-threshold=1h");
		usualCaller = startCaller();
	}

	private static ConfigurableApplicationContext startCaller(String... more) {
		List<String> args = new ArrayList<>(
				List.of("--spring.application.name=caller", "--management.tracing.sampling.probability=0",
						"--hindspan.sampling.tail.slow-threshold=1h", "--callee=" + TracedApplication.port(callee)));
		args.addAll(List.of(more));
		return TracedApplication.start(receiver, WebApplicationType.SERVLET, Caller.class, args.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		usualCaller.close();
		callee.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@AfterEach
	void stopCaller() {
		if (this.caller != usualCaller) {
			this.caller.close();
		}
	}

	private String call(String path) throws Exception {
		HttpResponse<String> response = this.client.send(HttpRequest
			.newBuilder(URI.create("http://localhost:" + TracedApplication.port(this.caller) + "/call/" + path))
			.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.body()).isEqualTo("handled");
		return response.headers().firstValue("X-Trace-Id").orElseThrow();
	}

	@ParameterizedTest
	@CsvSource({ "RestTemplate, failing", "RestTemplate, recovered", "RestClient, failing", "RestClient, recovered",
			"WebClient, failing", "WebClient, recovered" })
	void callerKeepsWhatTheCalleeKeeps(String http, String path) throws Exception {
		call(http + "/fine");
		RecordedTrace trace = receiver.awaitTrace(call(http + "/" + path), path.equals("failing") ? 3 : 4);
		RecordedSpan root = trace.roots().get(0);
		assertThat(root).hasService("caller").hasStatus(StatusCode.UNSET).hasAttribute("sampling.reason", "callee");
		assertThat(trace.spans((span) -> span.service().equals("callee") && span.kind() == SpanKind.SERVER))
			.singleElement()
			.satisfies((span) -> assertThat(span).hasAttribute("sampling.reason", "error"));
		assertThat(trace.services()).containsExactlyInAnyOrder("caller", "callee");
		assertThat(receiver.spans()).allMatch((span) -> span.traceId().equals(trace.traceId()));
	}

	@ParameterizedTest
	@CsvSource({ "--hindspan.propagation.trusted-hosts=*.internal.example, 1, 0",
			"--hindspan.sampling.tail.max-promotions=0, 0, 1" })
	void callerIsNotPromotedByAnybodyWithoutBounds(String property, long untrusted, long beyondLimit) throws Exception {
		this.caller = startCaller(property);
		String traceId = call("RestClient/recovered");
		// Kept by the caller's own error, after the other one was decided
		RecordedTrace later = receiver.awaitTrace(call("RestClient/failing"), 3);
		assertThat(later.roots().get(0)).hasAttribute("sampling.reason", "error");
		RecordedTrace trace = receiver.awaitTrace(traceId, 2);
		assertThat(trace).matchesTree(span("GET /recovered").with(span("part").status(StatusCode.ERROR)));
		assertThat(trace.services()).containsExactly("callee");
		assertThat(ignored("untrusted")).isEqualTo(untrusted * 2);
		assertThat(ignored("limit")).isEqualTo(beyondLimit * 2);
	}

	private double ignored(String reason) {
		return this.caller.getBean(MeterRegistry.class)
			.get("hindspan.sampling.tail.promotions.ignored")
			.tag("reason", reason)
			.functionCounter()
			.count();
	}

	@Test
	void trustedHostMayPromote() throws Exception {
		this.caller = startCaller("--hindspan.propagation.trusted-hosts=127.0.0.0/8,localhost");
		RecordedTrace trace = receiver.awaitTrace(call("RestClient/recovered"), 4);
		assertThat(trace.roots().get(0)).hasAttribute("sampling.reason", "callee");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Callee {

		private final ObservationRegistry registry;

		Callee(ObservationRegistry registry) {
			this.registry = registry;
		}

		@GetMapping("/fine")
		String fine() {
			return "fine";
		}

		@GetMapping("/failing")
		ResponseEntity<String> failing() {
			return ResponseEntity.status(HttpStatus.INTERNAL_SERVER_ERROR).body("failing");
		}

		@GetMapping("/recovered")
		String recovered() {
			try {
				Observation.createNotStarted("part", this.registry).observe(() -> {
					throw new IllegalStateException("broken");
				});
			}
			catch (IllegalStateException ex) {
				return "recovered";
			}
			return "fine";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Caller {

		private final RestTemplate restTemplate;

		private final RestClient restClient;

		private final WebClient webClient;

		private final String url;

		Caller(RestTemplateBuilder restTemplate, RestClient.Builder restClient, WebClient.Builder webClient,
				Environment environment) {
			this.restTemplate = restTemplate.build();
			this.restClient = restClient.build();
			// Not by Reactor Netty, whose threads end with any other context that is
			// closed
			this.webClient = webClient.clientConnector(new JdkClientHttpConnector()).build();
			this.url = "http://localhost:" + environment.getProperty("callee") + "/";
		}

		@GetMapping("/call/{http}/{path}")
		String call(@PathVariable String http, @PathVariable String path) {
			String target = this.url + path;
			try {
				switch (http) {
					case "RestTemplate" -> this.restTemplate.getForObject(target, String.class);
					case "RestClient" -> this.restClient.get().uri(target).retrieve().body(String.class);
					default -> this.webClient.get().uri(target).retrieve().bodyToMono(String.class).block();
				}
			}
			catch (RestClientException | WebClientResponseException ex) {
				return "handled";
			}
			return "handled";
		}

		@Configuration(proxyBeanMethods = false)
		static class Meters {

			@Bean
			MeterRegistry meters() {
				return new SimpleMeterRegistry();
			}

		}

	}

}
