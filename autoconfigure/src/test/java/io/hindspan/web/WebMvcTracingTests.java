package io.hindspan.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for requests to a Spring MVC application, over a real connection.
 */
class WebMvcTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static HttpClient client;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.SERVLET, Application.class);
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
		HttpResponse<String> response = send(
				request("/tasks/17?token=secret").POST(HttpRequest.BodyPublishers.ofString("0123456789")));
		RecordedSpan root = trace(response).roots().get(0);
		assertThat(root).hasName("POST /tasks/{id}")
			.hasKind(SpanKind.SERVER)
			.hasStatus(StatusCode.UNSET)
			.hasScope("io.hindspan.web")
			.hasAttribute("http.request.method", "POST")
			.hasAttribute("http.route", "/tasks/{id}")
			.hasAttribute("url.path", "/tasks/17")
			.hasAttribute("url.scheme", "http")
			.hasAttribute("http.response.status_code", 200L)
			.hasAttribute("http.request.body.size", 10L)
			.hasAttribute("server.address", "localhost")
			.hasAttribute("server.port", (long) TracedApplication.port(context))
			.hasAttribute("network.protocol.version", "1.1")
			.hasAttribute("network.peer.address", "127.0.0.1")
			.hasNoAttribute("http.url", "uri", "method", "outcome", "exception", "status");
		assertThat(root.toString()).doesNotContain("secret");
	}

	@Test
	void samplerSeesMethodAndPath() throws Exception {
		Application.SEEN.clear();
		send(request("/tasks/17").GET());
		assertThat(Application.SEEN).contains("GET SERVER GET /tasks/17");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/tasks/17", "/none", "/failing", "/handled", "/send-error", "/rejected", "/async", "/reset" })
	void everyResponseTellsItsTrace(String path) throws Exception {
		HttpResponse<String> response = send(request(path).GET());
		RecordedTrace trace = trace(response);
		RecordedSpan root = trace.roots().get(0);
		assertThat(response.headers().allValues("X-Trace-Id")).containsExactly(root.traceId());
		assertThat(response.headers().allValues("traceresponse")).hasSize(1)
			.first()
			.asString()
			.startsWith("00-" + root.traceId() + "-" + root.spanId() + "-");
		assertThat(trace).hasSingleRoot();
	}

	@Test
	void notFoundIsNoErrorOfTheServer() throws Exception {
		assertThat(trace(send(request("/none").GET()))).root()
			.hasAttribute("http.response.status_code", 404L)
			.hasStatus(StatusCode.UNSET)
			.hasNoAttribute("error.type")
			.hasNoEvents();
	}

	@Test
	void exceptionThatNobodyHandlesIsAnError() throws Exception {
		assertThat(trace(send(request("/failing").GET()))).root()
			.hasName("GET /failing")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 500L)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void exceptionThatAHandlerMakesA500IsAnError() throws Exception {
		assertThat(trace(send(request("/handled").GET()))).root()
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 503L)
			.hasAttribute("error.type", UnsupportedOperationException.class.getName())
			.hasException(UnsupportedOperationException.class);
	}

	@Test
	void sentErrorIsAnErrorByItsStatus() throws Exception {
		assertThat(trace(send(request("/send-error").GET()))).root()
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 502L)
			.hasAttribute("error.type", "502");
	}

	@Test
	void rejectionOfAFilterIsTraced() throws Exception {
		HttpResponse<String> response = send(request("/rejected").GET());
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(trace(response)).root().hasName("GET").hasAttribute("http.response.status_code", 403L);
	}

	@Test
	void workOfTheErrorPageStaysInTheTrace() throws Exception {
		HttpResponse<String> response = send(request("/send-error").GET());
		RecordedTrace trace = receiver.awaitTrace(traceId(response), 2);
		assertThat(trace).matchesTree(span("GET /send-error").with(span("error page")));
	}

	@Test
	void asynchronousRequestIsOneSpan() throws Exception {
		HttpResponse<String> response = send(request("/async").GET());
		assertThat(response.body()).isEqualTo("later");
		assertThat(trace(response)).hasSpanCount(1).root().hasName("GET /async");
	}

	@Test
	void callersTraceIsContinued() throws Exception {
		HttpResponse<String> response = send(request("/tasks/17").GET()
			.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
		assertThat(traceId(response)).isEqualTo("0af7651916cd43dd8448eb211c80319c");
		assertThat(trace(response).spans().get(0).parentSpanId()).isEqualTo("b7ad6b7169203331");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "banana", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
			"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
			"00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\t-\u00e9-01" })
	void hostileHeadersStartAFreshTrace(String traceparent) throws Exception {
		HttpResponse<String> response = send(request("/tasks/17").GET()
			.header("traceparent", traceparent)
			.header("tracestate", "=,=;" + "x".repeat(2000))
			.header("baggage", "a".repeat(2000) + "=%%%")
			.header("b3", "-----"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(trace(response).roots()).hasSize(1)
			.first()
			.satisfies((root) -> assertThat(root.parentSpanId()).isNull());
	}

	@Test
	void unknownMethodHasNoPlaceInTheName() throws Exception {
		HttpResponse<String> response = send(request("/tasks/17").method("BREW", HttpRequest.BodyPublishers.noBody()));
		assertThat(trace(response)).root()
			.hasAttribute("http.request.method", "_OTHER")
			.hasAttribute("http.request.method_original", "BREW");
		assertThat(trace(response).roots().get(0).name()).startsWith("HTTP");
	}

	@Test
	void headersAndNamesCanBeChanged() throws Exception {
		try (ConfigurableApplicationContext other = TracedApplication.start(receiver, WebApplicationType.SERVLET,
				Application.class, "--hindspan.web.trace-id-header=", "--hindspan.web.trace-response=false",
				"--hindspan.span.attribute-names=legacy")) {
			HttpRequest request = HttpRequest
				.newBuilder(URI.create("http://localhost:" + TracedApplication.port(other) + "/tasks/18"))
				.build();
			HttpResponse<String> response = send(HttpRequest.newBuilder(request, (name, value) -> true));
			assertThat(response.headers().map()).doesNotContainKeys("x-trace-id", "traceresponse");
			assertThat(receiver.awaitSpan((span) -> "/tasks/18".equals(span.attribute("http.target"))))
				.hasAttribute("http.method", "GET")
				.hasAttribute("http.status_code", 200L)
				.hasNoAttribute("http.request.method", "http.response.status_code", "url.path");
		}
	}

	@Test
	void isOffByProperty() throws Exception {
		try (ConfigurableApplicationContext other = TracedApplication.start(receiver, WebApplicationType.SERVLET,
				Application.class, "--hindspan.web.enabled=false")) {
			assertThat(other.getBeansOfType(ServletSpanConvention.class)).isEmpty();
			HttpResponse<String> response = send(HttpRequest
				.newBuilder(URI.create("http://localhost:" + TracedApplication.port(other) + "/tasks/19")));
			assertThat(response.headers().map()).doesNotContainKeys("x-trace-id");
		}
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + TracedApplication.port(context) + path));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String traceId(HttpResponse<String> response) {
		return response.headers().firstValue("X-Trace-Id").orElseThrow();
	}

	private static RecordedTrace trace(HttpResponse<String> response) {
		return receiver.awaitTrace((trace) -> trace.traceId().equals(traceId(response))
				&& trace.spans((span) -> span.kind() == SpanKind.SERVER).size() == 1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		static final List<String> SEEN = new CopyOnWriteArrayList<>();

		@PostMapping("/tasks/{id}")
		String post(@PathVariable String id, @RequestBody String body) {
			return id;
		}

		@GetMapping("/tasks/{id}")
		String get(@PathVariable String id) {
			return id;
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("broken");
		}

		@GetMapping("/handled")
		String handled() {
			throw new UnsupportedOperationException("not yet");
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws Exception {
			response.sendError(502, "bad gateway");
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws Exception {
			response.reset();
			response.sendError(500);
		}

		@GetMapping("/async")
		Callable<String> async() {
			return () -> "later";
		}

		@ExceptionHandler
		ResponseEntity<String> handle(UnsupportedOperationException exception) {
			return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("sorry");
		}

		@Bean
		OncePerRequestFilter rejectingFilter() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain filterChain) throws IOException, ServletException {
					if (request.getRequestURI().equals("/rejected")) {
						response.setStatus(403);
						return;
					}
					filterChain.doFilter(request, response);
				}

			};
		}

		@Bean
		OncePerRequestFilter errorPageFilter(ObservationRegistry registry) {
			return new OncePerRequestFilter() {

				@Override
				protected boolean shouldNotFilterErrorDispatch() {
					return false;
				}

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain filterChain) throws IOException, ServletException {
					if (request.getRequestURI().equals("/error")
							&& "/send-error".equals(request.getAttribute("jakarta.servlet.error.request_uri"))) {
						Observation.createNotStarted("error page", registry).observe(() -> {
						});
					}
					filterChain.doFilter(request, response);
				}

			};
		}

		@Bean
		Sampler sampler() {
			return new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind kind,
						Attributes attributes, List<LinkData> parentLinks) {
					SEEN.add(name + " " + kind + " " + attributes.get(AttributeKey.stringKey("http.request.method"))
							+ " " + attributes.get(AttributeKey.stringKey("url.path")));
					return SamplingResult.recordAndSample();
				}

				@Override
				public String getDescription() {
					return "recording";
				}

			};
		}

	}

}
