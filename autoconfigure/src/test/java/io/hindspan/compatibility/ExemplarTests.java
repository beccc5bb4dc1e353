package io.hindspan.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the exemplars of meters, which tell a trace for a measurement.
 */
class ExemplarTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void exemplarOfTheRequestsIsTheTraceOfTheRequest() throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.SERVLET,
						Application.class, "--management.endpoints.web.exposure.include=prometheus",
						"--management.metrics.distribution.percentiles-histogram.http.server.requests=true")) {
			String base = "http://localhost:" + TracedApplication.port(context);
			get(base + "/tasks");
			RecordedSpan span = receiver.awaitSpan((candidate) -> candidate.name().equals("GET /tasks"));
			assertThat(get(base + "/actuator/prometheus").lines()
				.filter((line) -> line.startsWith("http_server_requests_seconds_bucket{"))
				.filter((line) -> line.contains("uri=\"/tasks\"")))
				.anySatisfy((line) -> assertThat(line).contains("trace_id=\"" + span.traceId() + "\"")
					.contains("span_id=\"" + span.spanId() + "\""));
		}
	}

	private String get(String uri) throws Exception {
		return this.client
			.send(HttpRequest.newBuilder(URI.create(uri))
				.header("Accept", "application/openmetrics-text;version=1.0.0")
				.build(), HttpResponse.BodyHandlers.ofString())
			.body();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping("/tasks")
		String tasks() {
			return "tasks";
		}

	}

}
