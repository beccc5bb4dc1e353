package io.hindspan.compatibility;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.ErrorPageFilter;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.SpringServletContainerInitializer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.filter.OncePerRequestFilter;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that a Tomcat starts, as it does with a WAR, instead of an
 * application that starts its Tomcat.
 */
class ExternalTomcatTests {

	@TempDir
	static Path directory;

	private static OtlpReceiver receiver;

	private static Tomcat tomcat;

	private static WebApplicationContext application;

	private final HttpClient client = HttpClient.newHttpClient();

	@BeforeAll
	static void start() throws Exception {
		receiver = OtlpReceiver.start();
		tomcat = new Tomcat();
		tomcat.setBaseDir(directory.toString());
		tomcat.setPort(0);
		tomcat.getConnector();
		Context context = tomcat.addContext("/shop", directory.toString());
		context.addServletContainerInitializer(new SpringServletContainerInitializer(), Set.of(Initializer.class));
		tomcat.start();
		application = WebApplicationContextUtils.getRequiredWebApplicationContext(context.getServletContext());
	}

	@AfterAll
	static void stop() throws Exception {
		tomcat.stop();
		tomcat.destroy();
		receiver.close();
	}

	@Test
	void errorPagesAreThoseOfAFilter() {
		assertThat(application.getBeansOfType(ErrorPageFilter.class)).hasSize(1);
	}

	@Test
	void requestIsAServerSpan() throws Exception {
		HttpResponse<String> response = get("/tasks/17");
		assertThat(response.body()).isEqualTo("17");
		assertThat(trace(response)).root()
			.hasName("GET /tasks/{id}")
			.hasKind(SpanKind.SERVER)
			.hasAttribute("url.path", "/shop/tasks/17")
			.hasAttribute("http.response.status_code", 200L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/tasks/17", "/none", "/failing", "/send-error", "/rejected", "/async", "/reset" })
	void everyResponseTellsItsTrace(String path) throws Exception {
		HttpResponse<String> response = get(path);
		RecordedTrace trace = trace(response);
		assertThat(trace).hasSingleRoot();
		assertThat(response.headers().allValues("X-Trace-Id")).containsExactly(trace.traceId());
		assertThat(response.headers().allValues("traceresponse")).hasSize(1)
			.first()
			.asString()
			.contains(trace.roots().get(0).spanId());
	}

	@Test
	void exceptionThatNobodyHandlesIsAnError() throws Exception {
		HttpResponse<String> response = get("/failing");
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).contains("Internal Server Error");
		assertThat(trace(response)).root()
			.hasName("GET /failing")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 500L)
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void sentErrorIsAnErrorByItsStatus() throws Exception {
		HttpResponse<String> response = get("/send-error");
		assertThat(response.statusCode()).isEqualTo(502);
		assertThat(trace(response)).root()
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("http.response.status_code", 502L)
			.hasAttribute("error.type", "502");
	}

	@Test
	void workOfTheErrorPageStaysInTheTrace() throws Exception {
		HttpResponse<String> response = get("/failing");
		RecordedTrace trace = receiver.awaitTrace(response.headers().firstValue("X-Trace-Id").orElseThrow(), 2);
		assertThat(trace).matchesTree(span("GET /failing").with(span("error page")));
	}

	@Test
	void notFoundIsNoErrorOfTheServer() throws Exception {
		HttpResponse<String> response = get("/none");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(trace(response)).root()
			.hasAttribute("http.response.status_code", 404L)
			.hasStatus(StatusCode.UNSET)
			.hasNoEvents();
	}

	private HttpResponse<String> get(String path) throws Exception {
		URI uri = URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + "/shop" + path);
		return this.client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
	}

	private static RecordedTrace trace(HttpResponse<String> response) {
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		return receiver.awaitTrace((trace) -> trace.traceId().equals(traceId)
				&& trace.spans((span) -> span.kind() == SpanKind.SERVER).size() == 1);
	}

	static class Initializer extends SpringBootServletInitializer {

		public Initializer() {
		}

		@Override
		protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
			return builder.sources(Application.class)
				.properties(Map.of("spring.application.name", "shop", "hindspan.environment", "development",
						"management.opentelemetry.tracing.export.otlp.endpoint", receiver.endpoint(),
						"spring.autoconfigure.exclude",
						Excluded.names(Excluded.DATA_SOURCE, Excluded.JPA, Excluded.SECURITY)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping("/tasks/{id}")
		String task(@PathVariable String id) {
			return id;
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("broken");
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(502, "bad gateway");
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			response.reset();
			response.sendError(500);
		}

		@GetMapping("/async")
		Callable<String> async() {
			return () -> "later";
		}

		@Bean
		OncePerRequestFilter rejectingFilter() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain filterChain) throws IOException, ServletException {
					if (request.getRequestURI().endsWith("/rejected")) {
						response.setStatus(403);
						return;
					}
					filterChain.doFilter(request, response);
				}

			};
		}

		@RestController
		static class ErrorPage implements ErrorController {

			private final ObservationRegistry registry;

			ErrorPage(ObservationRegistry registry) {
				this.registry = registry;
			}

			@RequestMapping("/error")
			String error(HttpServletRequest request) {
				if ("/shop/failing".equals(request.getAttribute("jakarta.servlet.error.request_uri"))) {
					Observation.createNotStarted("error page", this.registry).observe(() -> {
					});
				}
				return "Internal Server Error";
			}

		}

	}

}
