package io.hindspan.httpclient;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import feign.Feign;
import feign.FeignException;
import feign.RequestInterceptor;
import feign.RequestLine;
import feign.RetryableException;
import feign.Retryer;
import feign.micrometer.FeignContext;
import feign.micrometer.MicrometerObservationCapability;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.cloud.openfeign.support.SpringMvcContract;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.propagation.TrustAutoConfiguration;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the exported spans of the clients of Spring Cloud OpenFeign, which call the
 * application's own server.
 */
class FeignTracingTests {

	private static final String STALE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private static final OtlpReceiver receiver = OtlpReceiver.start();

	private static ConfigurableApplicationContext service;

	private static ConfigurableApplicationContext context;

	private static String url;

	@BeforeAll
	static void start() {
		service = TracedApplication.start(receiver, WebApplicationType.SERVLET, Service.class,
				"--spring.application.name=service");
		url = "http://localhost:" + TracedApplication.port(service);
		context = start("--tasks.url=" + url);
	}

	private static ConfigurableApplicationContext start(String url, String... args) {
		String[] all = new String[args.length + 2];
		all[0] = "--hindspan.test.technologies=cloud,cloud.openfeign";
		all[1] = url;
		System.arraycopy(args, 0, all, 2, args.length);
		return TracedApplication.start(receiver, WebApplicationType.NONE, Application.class, all);
	}

	@AfterAll
	static void stop() {
		context.close();
		service.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void callIsOneClientSpanAboveTheServersSpan() {
		assertThat(inRoot(() -> context.getBean(Tasks.class).task("42", "secret"))).isEqualTo("task 42");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace)
			.matchesTree(span("root").with(span("GET /api/tasks/{id}", SpanKind.CLIENT).status(StatusCode.UNSET)
				.with(span("GET /api/tasks/{id}", SpanKind.SERVER))));
		assertThat(client(trace)).hasScope("io.hindspan.httpclient")
			.hasOnlyAttributes(Map.of("http.request.method", "GET", "url.full", url + "/api/tasks/42", "url.template",
					"/api/tasks/{id}", "server.address", "localhost", "server.port", TracedApplication.port(service),
					"http.response.status_code", 200, "http.response.body.size", 7));
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(receiver.spans()).hasSize(3);
	}

	@Test
	void metersOfFeignMicrometerStay() {
		context.getBean(Tasks.class).task("42", "q");
		assertThat(context.getBean(MeterRegistry.class)
			.get("http.client.requests")
			.tag("clientName", Tasks.class.getName())
			.timer()
			.count()).isPositive();
	}

	@Test
	void bodySizeIsTold() {
		inRoot(() -> context.getBean(Tasks.class).create("12345"));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(client(trace)).hasName("POST /api/tasks")
			.hasAttribute("http.request.body.size", 5)
			.hasAttribute("http.response.status_code", 200);
	}

	@Test
	void errorIsToldByTheStatus() {
		for (int status : new int[] { 404, 503 }) {
			receiver.reset();
			assertThatExceptionOfType(FeignException.class)
				.isThrownBy(() -> inRoot(() -> context.getBean(Tasks.class).status(status)));
			RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
			assertThat(client(trace)).hasName("GET /api/status/{status}")
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", Integer.toString(status))
				.hasAttribute("http.response.status_code", status);
			assertThat(trace.spans().stream().flatMap((span) -> span.events().stream())).singleElement()
				.satisfies((event) -> assertThat(event.name()).isEqualTo("exception"));
		}
	}

	@Test
	void refusedConnectionIsAnError() {
		assertThatExceptionOfType(RetryableException.class)
			.isThrownBy(() -> inRoot(() -> context.getBean(Unreachable.class).task("42")));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).matchesTree(span("root").with(span("GET /tasks/{id}", SpanKind.CLIENT)));
		assertThat(client(trace)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "java.net.ConnectException")
			.hasAttribute("url.full", "http://localhost:1/tasks/42")
			.hasNoAttribute("http.response.status_code");
	}

	@Test
	void eachAttemptIsARequest() {
		Tasks tasks = Feign.builder()
			.contract(new SpringMvcContract())
			.retryer(new Retryer.Default(1, 1, 3))
			.addCapability(context.getBean(FeignTracing.class))
			.target(Tasks.class, "http://localhost:1");
		assertThatExceptionOfType(RetryableException.class).isThrownBy(() -> inRoot(() -> tasks.status(200)));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 4);
		assertThat(trace).matchesTree(span("root").with(span("GET /status/{status}", SpanKind.CLIENT),
				span("GET /status/{status}", SpanKind.CLIENT), span("GET /status/{status}", SpanKind.CLIENT)));
	}

	@Test
	void headersCopiedByAnInterceptorAreReplaced() {
		String sent = inRoot(() -> context.getBean(Tasks.class).traceparent());
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(sent).startsWith("00-" + trace.traceId() + "-" + client(trace).spanId() + "-");
	}

	@Test
	void unsampledCallHasAHeaderAndNoSpan() {
		try (ConfigurableApplicationContext unsampled = start("--tasks.url=" + url,
				"--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.enabled=false")) {
			Observation root = Observation.start("root", unsampled.getBean(ObservationRegistry.class));
			String sent = root.scoped(() -> unsampled.getBean(Tasks.class).traceparent());
			root.stop();
			assertThat(sent).endsWith("-02").doesNotContain(STALE.substring(3, 35));
		}
		assertThat(receiver.spans()).isEmpty();
	}

	@Test
	void traceThatTheServiceKeepsIsKept() {
		try (ConfigurableApplicationContext unsampled = start("--tasks.url=" + url,
				"--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.slow-threshold=1h")) {
			ObservationRegistry registry = unsampled.getBean(ObservationRegistry.class);
			HandMade handMade = Feign.builder()
				.addCapability(new MicrometerObservationCapability(registry))
				.target(HandMade.class, url + "/api");
			for (Supplier<String> call : List.<Supplier<String>>of(unsampled.getBean(Tasks.class)::recovered,
					handMade::recovered)) {
				receiver.reset();
				Observation.createNotStarted("root", registry).observe(call);
				RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 4);
				assertThat(trace).span("root").hasAttribute("sampling.reason", "callee");
				assertThat(trace.services()).containsExactlyInAnyOrder("tasks", "service");
			}
		}
	}

	@Test
	void clientMadeByHandWithFeignMicrometerAloneIsTheSame() {
		HandMade tasks = Feign.builder()
			.addCapability(new MicrometerObservationCapability(context.getBean(ObservationRegistry.class)))
			.target(HandMade.class, url + "/api");
		assertThat(inRoot(tasks::traceparent)).isNotEmpty();
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace).matchesTree(span("root")
			.with(span("GET /api/traceparent", SpanKind.CLIENT).with(span("GET /api/traceparent", SpanKind.SERVER))));
		assertThat(client(trace).attributes().keySet()).containsExactlyInAnyOrder("http.request.method", "url.full",
				"url.template", "server.address", "server.port", "http.response.status_code",
				"http.response.body.size");
	}

	@Test
	void isOffByProperty() {
		try (ConfigurableApplicationContext off = start("--tasks.url=" + url, "--hindspan.httpclient.enabled=false",
				"--spring.cloud.openfeign.micrometer.enabled=false")) {
			assertThat(off.getBeansOfType(FeignTracing.class)).isEmpty();
			assertThat(off.getBean(Tasks.class).traceparent()).isEqualTo(STALE);
		}
	}

	@Test
	void isAbsentWithoutFeignAndWithoutItsObservations() {
		ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
				SpanTracingAutoConfiguration.class, TrustAutoConfiguration.class, FeignTracingAutoConfiguration.class));
		runner.run((found) -> assertThat(found).hasSingleBean(FeignTracing.class)
			.hasSingleBean(FeignSpanConvention.class));
		runner.withClassLoader(new FilteredClassLoader(FeignContext.class))
			.run((found) -> assertThat(found).hasNotFailed()
				.hasSingleBean(FeignTracing.class)
				.doesNotHaveBean(FeignSpanConvention.class));
		runner.withClassLoader(new FilteredClassLoader("feign"))
			.run((found) -> assertThat(found).hasNotFailed().doesNotHaveBean(FeignTracing.class));
	}

	private static RecordedSpan client(RecordedTrace trace) {
		return trace.spans().stream().filter((span) -> span.kind() == SpanKind.CLIENT).findFirst().orElseThrow();
	}

	private static <T> T inRoot(Supplier<T> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(work);
	}

	@FeignClient(name = "tasks", url = "${tasks.url}", path = "/api")
	interface Tasks {

		@GetMapping("/tasks/{id}")
		String task(@PathVariable("id") String id, @RequestParam("q") String q);

		@PostMapping("/tasks")
		String create(@RequestBody String title);

		@GetMapping("/status/{status}")
		String status(@PathVariable("status") int status);

		@GetMapping("/traceparent")
		String traceparent();

		@GetMapping("/recovered")
		String recovered();

	}

	@FeignClient(name = "unreachable", url = "http://localhost:1")
	interface Unreachable {

		@GetMapping("/tasks/{id}")
		String task(@PathVariable("id") String id);

	}

	interface HandMade {

		@RequestLine("GET /traceparent")
		String traceparent();

		@RequestLine("GET /recovered")
		String recovered();

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableFeignClients(clients = { Tasks.class, Unreachable.class })
	static class Application {

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

		@Bean
		RequestInterceptor copyingInterceptor() {
			return (template) -> template.header("Traceparent", STALE);
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

		@PostMapping("/api/tasks")
		String create(@RequestBody String title) {
			return title;
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

		@GetMapping("/api/traceparent")
		String traceparent(@RequestHeader String traceparent) {
			return traceparent;
		}

	}

}
