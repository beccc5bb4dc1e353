package io.hindspan.httpclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayPropagatingSenderTracingObservationHandler;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.hindspan.TracedApplication;
import io.hindspan.propagation.TrustAutoConfiguration;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the exported spans of Spring Cloud Gateway on WebFlux, in front of a service.
 */
class GatewayTracingTests {

	private static final OtlpReceiver receiver = OtlpReceiver.start();

	private static ConfigurableApplicationContext service;

	private static ConfigurableApplicationContext gateway;

	@BeforeAll
	static void start() {
		service = TracedApplication.start(receiver, WebApplicationType.SERVLET, Service.class,
				"--spring.application.name=service");
		gateway = startGateway();
	}

	private static ConfigurableApplicationContext startGateway(String... more) {
		List<String> args = new ArrayList<>(
				List.of("--spring.application.name=gateway", "--hindspan.test.technologies=cloud,cloud.gateway",
						"--spring.cloud.gateway.server.webflux.routes[0].id=tasks",
						"--spring.cloud.gateway.server.webflux.routes[0].uri=http://localhost:"
								+ TracedApplication.port(service),
						"--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/api/**",
						"--spring.cloud.gateway.server.webflux.routes[1].id=down",
						"--spring.cloud.gateway.server.webflux.routes[1].uri=http://127.0.0.1:11",
						"--spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/down/**"));
		args.addAll(List.of(more));
		return TracedApplication.start(receiver, WebApplicationType.REACTIVE, Gateway.class,
				args.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		gateway.close();
		service.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void requestIsOneTrace() {
		assertThat(call("/api/tasks/42?q=secret").value()).isEqualTo(200);
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace).matchesTree(span("GET /api/**", SpanKind.SERVER).attribute("http.route", "/api/**")
			.with(span("GET", SpanKind.CLIENT).status(StatusCode.UNSET)
				.with(span("GET /api/tasks/{id}", SpanKind.SERVER))));
		int port = TracedApplication.port(service);
		assertThat(trace).span("GET")
			.hasScope("io.hindspan.httpclient")
			.hasOnlyAttributes(Map.of("http.request.method", "GET", "url.full",
					"http://localhost:" + port + "/api/tasks/42", "server.address", "localhost", "server.port", port,
					"http.response.status_code", 200, "spring.cloud.gateway.route.id", "tasks"));
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(receiver.spans()).hasSize(3);
	}

	@Test
	void errorOfTheServiceIsAnError() {
		assertThat(call("/api/status/503").value()).isEqualTo(503);
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace).span("GET")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "503")
			.hasAttribute("http.response.status_code", 503);
	}

	@Test
	void serviceThatIsDownIsAnError() {
		assertThat(call("/down/tasks/42").value()).isEqualTo(500);
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).matchesTree(span("GET /down/**", SpanKind.SERVER).with(span("GET", SpanKind.CLIENT)));
		assertThat(trace).span("GET")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("url.full", "http://127.0.0.1:11/down/tasks/42")
			.hasNoAttribute("http.response.status_code");
		assertThat(trace.span("GET").attribute("error.type").toString()).endsWith("ConnectException");
	}

	@Test
	void responseTellsOfTheTraceOnce() {
		HttpHeaders headers = headers(gateway, "/api/tasks/42");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(headers.get("X-Trace-Id")).containsExactly(trace.traceId());
		assertThat(headers.get("traceresponse"))
			.containsExactly("00-" + trace.traceId() + "-" + trace.span("GET /api/**").spanId() + "-03");
	}

	@Test
	void traceThatTheServiceKeepsIsKept() {
		try (ConfigurableApplicationContext unsampled = startGateway("--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.slow-threshold=1h")) {
			HttpHeaders headers = headers(unsampled, "/api/recovered");
			RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 4);
			assertThat(trace).span("GET /api/**").hasAttribute("sampling.reason", "callee");
			assertThat(trace.services()).containsExactlyInAnyOrder("gateway", "service");
			assertThat(headers.get("traceresponse"))
				.containsExactly("00-" + trace.traceId() + "-" + trace.span("GET /api/**").spanId() + "-03");
		}
	}

	@Test
	void requestWithoutRouteMakesNoClientSpan() {
		assertThat(call("/none").value()).isEqualTo(404);
		RecordedTrace trace = receiver.awaitTrace((candidate) -> true);
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(trace.spans()).hasSize(1);
	}

	@Test
	void traceOfTheCallerGoesOn() {
		String traceId = "0af7651916cd43dd8448eb211c80319c";
		RestClient.create("http://localhost:" + TracedApplication.port(gateway))
			.get()
			.uri("/api/tasks/42")
			.header("traceparent", "00-" + traceId + "-b7ad6b7169203331-01")
			.header("tracestate", "vendor=1")
			.retrieve()
			.toBodilessEntity();
		RecordedTrace trace = receiver.awaitTrace(traceId, (candidate) -> assertThat(candidate.spans()).hasSize(3));
		RecordedSpan last = trace.span("GET /api/tasks/{id}");
		assertThat(last.parentSpanId()).isEqualTo(trace.span("GET").spanId());
		assertThat(last.traceState()).isEqualTo("vendor=1");
	}

	@Test
	void stateOfATraceThatIsNoneIsNotPassedOn() {
		RestClient.create("http://localhost:" + TracedApplication.port(gateway))
			.get()
			.uri("/api/tasks/42")
			.header("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01")
			.header("tracestate", "vendor=1")
			.retrieve()
			.toBodilessEntity();
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace.span("GET /api/tasks/{id}").traceState()).doesNotContain("vendor");
	}

	@Test
	void isOffByPropertyAndAbsentWithoutTheGateway() {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
					OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
					MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class,
					TrustAutoConfiguration.class, CloudGatewayTracingAutoConfiguration.class));
		runner.run((context) -> assertThat(context).hasSingleBean(GatewaySpanConvention.class)
			.hasSingleBean(GatewayPropagatingSenderTracingObservationHandler.class));
		runner.withPropertyValues("hindspan.httpclient.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GatewaySpanConvention.class)
				.doesNotHaveBean(GatewayPropagatingSenderTracingObservationHandler.class));
		runner.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(GatewaySpanConvention.class));
	}

	private static HttpHeaders headers(ConfigurableApplicationContext called, String path) {
		return RestClient.create("http://localhost:" + TracedApplication.port(called))
			.get()
			.uri(path)
			.retrieve()
			.toBodilessEntity()
			.getHeaders();
	}

	private static HttpStatusCode call(String path) {
		return RestClient.create("http://localhost:" + TracedApplication.port(gateway))
			.get()
			.uri(path)
			.exchangeForRequiredValue((request, response) -> response.getStatusCode());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Gateway {

		/**
		 * Global ones end with the first gateway.
		 */
		@Bean
		ReactorResourceFactory resourcesOfItsOwn() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			return resources;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class Service {

	}

	@RestController
	static class Endpoint {

		private final ObservationRegistry registry;

		Endpoint(ObservationRegistry registry) {
			this.registry = registry;
		}

		@GetMapping("/api/tasks/{id}")
		String task(@PathVariable String id) {
			return "task " + id;
		}

		@GetMapping("/api/recovered")
		String recovered() {
			Observation part = Observation.start("part", this.registry);
			part.error(new IllegalStateException("mended"));
			part.stop();
			return "done";
		}

		@GetMapping("/api/status/{status}")
		ResponseEntity<String> status(@PathVariable int status) {
			return ResponseEntity.status(status).body("no");
		}

	}

}
