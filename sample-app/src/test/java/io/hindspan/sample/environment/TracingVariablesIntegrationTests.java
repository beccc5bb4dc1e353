package io.hindspan.sample.environment;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.hindspan.sample.notifier.NotifierApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.server.PostgresServer;
import io.hindspan.test.server.RedisServer;

import static org.assertj.core.api.Assertions.assertThat;

/** A role that is configured by variables alone, and what a receiver gets of it. */
class TracingVariablesIntegrationTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	@AfterEach
	void stop() {
		this.receiver.close();
	}

	@Test
	void spansGoToTheOtlpEndpointWithVersionAndEnvironment() throws Exception {
		Map<String, Object> variables = Map.of("OTLP_ENDPOINT", "http://localhost:" + this.receiver.port(),
				"SERVICE_VERSION", "1.2.3", "ENVIRONMENT", "qa");
		try (ConfigurableApplicationContext context = start(variables,
				"--management.tracing.sampling.probability=1.0")) {
			requestPreview(context);
			assertThat(receivedSpan().resource()).containsEntry("service.name", "taskmanager-notifier")
				.containsEntry("service.version", "1.2.3")
				.containsEntry("deployment.environment.name", "qa");
		}
	}

	@Test
	void spansGoToJaegerByOtlp() throws Exception {
		Map<String, Object> variables = Map.of("TRACING_EXPORTER", "jaeger", "JAEGER_HOST", "127.0.0.1", "JAEGER_PORT",
				String.valueOf(this.receiver.port()));
		try (ConfigurableApplicationContext context = start(variables)) {
			requestPreview(context);
			assertThat(receivedSpan().resource()).containsEntry("deployment.environment.name", "development");
		}
	}

	@Test
	void nothingIsTracedWhenTracingIsDisabled() throws Exception {
		Map<String, Object> variables = Map.of("TRACING_ENABLED", "false", "OTLP_ENDPOINT",
				"http://localhost:" + this.receiver.port());
		HttpResponse<String> response;
		try (ConfigurableApplicationContext context = start(variables)) {
			response = requestPreview(context);
		}
		assertThat(response.headers().firstValue("X-Trace-Id")).isEmpty();
		assertThat(this.receiver.spans()).isEmpty();
	}

	private RecordedSpan receivedSpan() {
		return this.receiver.awaitSpan((span) -> span.name().equals("POST /notifications/preview"));
	}

	private HttpResponse<String> requestPreview(ConfigurableApplicationContext context) throws Exception {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/notifications/preview"))
				.header("Content-Type", "application/json")
				.timeout(Duration.ofSeconds(30))
				.POST(HttpRequest.BodyPublishers.ofString("{\"title\": \"Report\", \"createdBy\": \"ada\"}"))
				.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response;
	}

	private ConfigurableApplicationContext start(Map<String, Object> tracing, String... arguments) {
		PostgresServer postgres = PostgresServer.shared();
		Map<String, Object> variables = new HashMap<>(tracing);
		variables.put("SAMPLE_NOTIFIER_PORT", "0");
		variables.put("SPRING_DATASOURCE_URL", postgres.jdbcUrl());
		variables.put("SPRING_DATASOURCE_USERNAME", postgres.username());
		variables.put("SPRING_DATASOURCE_PASSWORD", postgres.password());
		variables.put("SPRING_DATA_REDIS_HOST", RedisServer.shared().host());
		variables.put("SPRING_DATA_REDIS_PORT", String.valueOf(RedisServer.shared().port()));
		StandardEnvironment environment = new StandardEnvironment();
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
		return new SpringApplicationBuilder(NotifierApplication.class).environment(environment)
			.profiles("notifier")
			.run(arguments);
	}

}
