package io.hindspan.sampling;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for requests that ask for their trace, over a real connection.
 */
@ExtendWith(OutputCaptureExtension.class)
class ForcedTraceTests {

	private static final String KEY = "a secret that only the tests know";

	private static final String CALLER = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final Duration VALIDITY = Duration.ofMinutes(5);

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(WebApplicationType type, boolean tail, String... more) {
		List<String> args = new ArrayList<>(List.of("--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=" + tail, "--hindspan.sampling.tail.slow-threshold=1h",
				"--hindspan.sampling.forced.key=" + KEY, "--hindspan.test.technologies=jdbc"));
		args.addAll(List.of(more));
		this.context = TracedApplication.start(this.receiver, type, Application.class, args.toArray(String[]::new));
	}

	private HttpResponse<String> send(String path, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + TracedApplication.port(this.context) + path));
		return this.client.send(((headers.length > 0) ? request.headers(headers) : request).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private RecordedTrace trace(HttpResponse<String> response, int spans) {
		return this.receiver.awaitTrace(response.headers().firstValue("X-Trace-Id").orElseThrow(), spans);
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, false", "SERVLET, true", "REACTIVE, false", "REACTIVE, true" })
	void requestHasItsTraceWithEveryDetail(WebApplicationType type, boolean tail) throws Exception {
		start(type, tail);
		send("/edge");
		HttpResponse<String> response = send("/edge", "X-Hindspan-Trace", ForcedTrace.header(KEY, VALIDITY));
		RecordedTrace trace = trace(response, 4);
		RecordedSpan root = trace.roots().get(0);
		assertThat(root).hasName("GET /edge").hasAttribute("sampling.reason", "forced");
		assertThat(trace.spans()).hasSize(4).extracting(RecordedSpan::name).contains("db.connection.acquire");
		assertThat(this.receiver.spans()).hasSize(4);
		assertThat(response.body()).as("headers of the onward call")
			.containsPattern("traceparent=00-" + root.traceId() + "-\\w{16}-0[13];")
			.contains("tracestate=hs=d:1;")
			.doesNotContainIgnoringCase("x-hindspan-trace");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callersUnsampledFlagDoesNotCount(boolean tail) throws Exception {
		start(WebApplicationType.SERVLET, tail);
		HttpResponse<String> response = send("/inner", "traceparent", "00-" + CALLER + "-00f067aa0ba902b7-00",
				"tracestate", "ot=th:c;rv:12345678901234,other=1", "X-Hindspan-Trace",
				ForcedTrace.header(KEY, VALIDITY));
		RecordedTrace trace = trace(response, 2);
		assertThat(trace.traceId()).isEqualTo(CALLER);
		RecordedSpan root = trace.span("GET /inner");
		assertThat(root).hasAttribute("sampling.reason", "forced");
		assertThat(root.traceState()).contains("hs=d:1", "rv:12345678901234", "other=1").doesNotContain("th:");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void headerThatIsNotGoodIsIgnoredAndCounted(boolean tail) throws Exception {
		start(WebApplicationType.SERVLET, tail);
		String good = ForcedTrace.header(KEY, VALIDITY);
		String expired = ForcedTrace.header(ForcedTrace.key(KEY), 1_000_000_000, "0123456789abcdef");
		send("/inner", "X-Hindspan-Trace", ForcedTrace.header(KEY + "!", VALIDITY));
		send("/inner", "X-Hindspan-Trace", expired);
		send("/inner", "X-Hindspan-Trace", good + "x".repeat(300));
		send("/inner", "X-Hindspan-Trace", ForcedTrace.header(KEY, Duration.ofHours(2)));
		send("/inner", "X-Hindspan-Trace", "please");
		RecordedTrace trace = trace(send("/inner", "X-Hindspan-Trace", good), 2);
		send("/inner", "X-Hindspan-Trace", good);
		trace(send("/inner", "X-Hindspan-Trace", ForcedTrace.header(KEY, VALIDITY)), 2);
		assertThat(this.receiver.spans()).hasSize(4);
		assertThat(trace).hasSingleRoot();
		assertThat(count("accepted")).isEqualTo(2);
		for (String outcome : List.of("forged", "expired", "oversized", "too_long_valid", "malformed", "replayed")) {
			assertThat(count(outcome)).as(outcome).isOne();
		}
	}

	private double count(String outcome) {
		return this.context.getBean(MeterRegistry.class)
			.get("hindspan.sampling.forced")
			.tag("outcome", outcome)
			.functionCounter()
			.count();
	}

	@Test
	void strangersHeaderDoesNotCount() throws Exception {
		start(WebApplicationType.SERVLET, false, "--hindspan.propagation.trusted-callers=10.0.0.0/8",
				"--hindspan.sampling.rules[0].path=/edge", "--hindspan.sampling.rules[0].probability=1");
		send("/inner", "X-Hindspan-Trace", ForcedTrace.header(KEY, VALIDITY));
		// The onward call comes from a stranger, too
		trace(send("/edge"), 2);
		assertThat(this.receiver.spans()).hasSize(2);
		assertThat(count("untrusted")).isOne();
		assertThat(count("accepted")).isZero();
	}

	@Test
	void headerHasTheNameThatIsSet() throws Exception {
		start(WebApplicationType.SERVLET, true, "--hindspan.sampling.forced.header=X-Debug",
				"--hindspan.sampling.forced.max-validity=3h");
		assertThat(trace(send("/inner", "X-Debug", ForcedTrace.header(KEY, Duration.ofHours(2))), 2))
			.matchesTree(span("GET /inner").with(span("db.connection.acquire")));
	}

	@Test
	void thereIsNoHeaderWithoutAKey() throws Exception {
		start(WebApplicationType.SERVLET, true, "--hindspan.sampling.forced.key=");
		assertThat(this.context.getBeansOfType(ForcedTraceHeader.class)).isEmpty();
		assertThat(send("/inner", "X-Hindspan-Trace", ForcedTrace.header(KEY, VALIDITY)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "key, a-secret-that-is-too-short", "header, 'no header'", "max-validity, 0s" })
	void wrongPropertyFailsAndTellsNoKey(String property, String value, CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> start(WebApplicationType.SERVLET, true, "--hindspan.sampling.forced." + property + "=" + value));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("hindspan.sampling.forced." + property)
			.doesNotContain("a-secret-that-is-too-short")
			.doesNotContain(KEY);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@RestController
	static class Application {

		private final RestClient client;

		private final Environment environment;

		private final DataSource dataSource;

		Application(RestClient.Builder builder, Environment environment, DataSource dataSource) {
			this.client = builder.build();
			this.environment = environment;
			this.dataSource = dataSource;
		}

		@GetMapping("/edge")
		String edge() {
			return this.client.get()
				.uri("http://localhost:" + this.environment.getProperty("local.server.port") + "/inner")
				.retrieve()
				.body(String.class);
		}

		@GetMapping("/inner")
		String inner(@RequestHeader HttpHeaders headers) throws SQLException {
			try (Connection connection = this.dataSource.getConnection()) {
				StringBuilder text = new StringBuilder();
				headers.forEach((name, values) -> text.append(name).append('=').append(values.get(0)).append(';'));
				return text.toString();
			}
		}

		@Configuration(proxyBeanMethods = false)
		static class Beans {

			@Bean
			MeterRegistry meters() {
				return new SimpleMeterRegistry();
			}

			@Bean
			DataSource dataSource() {
				JdbcDataSource dataSource = new JdbcDataSource();
				dataSource.setUrl("jdbc:h2:mem:forced");
				return dataSource;
			}

		}

	}

}
