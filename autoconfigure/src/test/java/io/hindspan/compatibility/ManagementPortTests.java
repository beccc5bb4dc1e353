package io.hindspan.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
 * Tests for an application whose endpoints have a port of their own.
 */
class ManagementPortTests {

	/** Spring Boot itself starts no such application with two servers to choose from. */
	private static final String TWO_SERVERS = Excluded.argument(Excluded.DATA_SOURCE, Excluded.JPA, Excluded.SECURITY)
			+ ",org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration";

	private final HttpClient client = HttpClient.newHttpClient();

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void endpointsAreTracedAsInPlainSpringBoot(WebApplicationType type) throws Exception {
		Management plain = use(type, "--hindspan.enabled=false");
		Management traced = use(type, "--hindspan.enabled=true");
		assertThat(traced.statuses()).isEqualTo(plain.statuses()).containsExactly(200, 200, 404);
		assertThat(traced.spans()).hasSameSizeAs(plain.spans());
		assertThat(traced.traceIds()).hasSameSizeAs(traced.spans());
	}

	private Management use(WebApplicationType type, String on) throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, type, Application.class,
						"--management.server.port=0", "--management.tracing.sampling.probability=1",
						"--management.health.defaults.enabled=false", TWO_SERVERS, on)) {
			String management = "http://localhost:"
					+ context.getEnvironment().getRequiredProperty("local.management.port");
			List<HttpResponse<String>> responses = List.of(get(management + "/actuator"),
					get(management + "/actuator/health"), get(management + "/actuator/none"));
			HttpResponse<String> last = get("http://localhost:" + TracedApplication.port(context) + "/tasks");
			assertThat(last.statusCode()).isEqualTo(200);
			// By then the spans of requests before have arrived too
			RecordedSpan task = receiver.awaitSpan((span) -> span.name().endsWith(" /tasks"));
			if (on.endsWith("true")) {
				assertThat(last.headers().allValues("X-Trace-Id")).containsExactly(task.traceId());
			}
			return new Management(responses.stream().map(HttpResponse::statusCode).toList(),
					receiver.spans()
						.stream()
						.filter((span) -> span.attributes().values().toString().contains("/actuator"))
						.map(RecordedSpan::name)
						.toList(),
					responses.stream()
						.flatMap((response) -> response.headers().allValues("X-Trace-Id").stream())
						.toList());
		}
	}

	private HttpResponse<String> get(String uri) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * What the endpoints' port showed.
	 *
	 * @param statuses the statuses of the responses
	 * @param spans the names of the endpoints' spans
	 * @param traceIds the trace ids on the responses
	 */
	private record Management(List<Integer> statuses, List<String> spans, List<String> traceIds) {

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
