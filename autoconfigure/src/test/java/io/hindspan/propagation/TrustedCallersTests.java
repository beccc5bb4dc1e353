package io.hindspan.propagation;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for whose trace headers are believed, over real connections.
 */
@ExtendWith(OutputCaptureExtension.class)
class TrustedCallersTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String SPAN = "00f067aa0ba902b7";

	private static final String[] HEADERS = { "traceparent", "00-" + TRACE + "-" + SPAN + "-01", "tracestate",
			"hs=d:1,other=1", "baggage", "tenant=acme", "X-Vip", "yes" };

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

	private void start(WebApplicationType type, String... more) {
		List<String> args = new ArrayList<>(List.of("--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=false", "--hindspan.sampling.rules[0].path=/sampled",
				"--hindspan.sampling.rules[0].probability=1", "--hindspan.sampling.rules[1].header=X-Vip",
				"--hindspan.sampling.rules[1].probability=1", "--management.tracing.baggage.tag-fields=tenant"));
		args.addAll(List.of(more));
		this.context = TracedApplication.start(this.receiver, type, Application.class, args.toArray(String[]::new));
	}

	private String send(String host, String path, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://" + host + ":" + TracedApplication.port(this.context) + path));
		HttpResponse<String> response = this.client.send(
				((headers.length > 0) ? request.headers(headers) : request).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.headers().firstValue("X-Trace-Id").orElseThrow();
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void strangersContextBuysNothingButALink(WebApplicationType type) throws Exception {
		start(type, "--hindspan.propagation.trusted-callers=10.0.0.0/8,fd00::/8");
		assertThat(send("127.0.0.1", "/unsampled", HEADERS)).isNotEqualTo(TRACE);
		String traceId = send("127.0.0.1", "/sampled", HEADERS);
		RecordedSpan root = this.receiver.awaitTrace(traceId, 1).roots().get(0);
		assertThat(traceId).isNotEqualTo(TRACE);
		assertThat(root).isRoot().hasAttribute("sampling.reason", "rule").hasNoAttribute("tenant").hasLinkCount(1);
		assertThat(root.traceState()).isEqualTo("ot=th:0");
		assertThat(root.links()).singleElement().satisfies((link) -> {
			assertThat(link.traceId()).isEqualTo(TRACE);
			assertThat(link.spanId()).isEqualTo(SPAN);
			assertThat(link.traceState()).isEmpty();
		});
		assertThat(this.receiver.spans()).hasSize(1);
	}

	@Test
	void strangerWithoutATraceIsLinkedToNone() throws Exception {
		start(WebApplicationType.SERVLET, "--hindspan.propagation.trusted-callers=none");
		String traceId = send("127.0.0.1", "/sampled", "baggage", "tenant=acme");
		assertThat(this.receiver.awaitTrace(traceId, 1).roots().get(0)).hasLinkCount(0).hasNoAttribute("tenant");
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, 127.0.0.0/8, 127.0.0.1", "SERVLET, ::ffff:127.0.0.0/104, 127.0.0.1", "SERVLET, ::1, [::1]",
			"SERVLET, all, 127.0.0.1", "REACTIVE, 127.0.0.1, 127.0.0.1", "REACTIVE, ::/64, [::1]" })
	void trustedCallersTraceIsContinued(WebApplicationType type, String network, String host) throws Exception {
		start(type, "--hindspan.propagation.trusted-callers=" + network);
		assertThat(send(host, "/unsampled", HEADERS)).isEqualTo(TRACE);
		RecordedSpan span = this.receiver.awaitTrace(TRACE, 1).spans().get(0);
		assertThat(span.parentSpanId()).isEqualTo(SPAN);
		assertThat(span.traceState()).isEqualTo("hs=d:1,other=1");
		assertThat(span).hasLinkCount(0).hasAttribute("tenant", "acme");
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0/0, [::1]", "::/0, 127.0.0.1" })
	void addressOfTheOtherFamilyIsAnother(String trusted, String host) throws Exception {
		start(WebApplicationType.SERVLET, "--hindspan.propagation.trusted-callers=" + trusted);
		assertThat(send(host, "/unsampled", HEADERS)).isNotEqualTo(TRACE);
	}

	@Test
	void forwardingHeaderBuysNoTrust() throws Exception {
		start(WebApplicationType.SERVLET, "--hindspan.propagation.trusted-callers=10.0.0.0/8",
				"--server.forward-headers-strategy=framework");
		assertThat(send("127.0.0.1", "/unsampled", forwardedFor("10.0.0.1"))).isNotEqualTo(TRACE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "framework", "native" })
	void strangerBehindATrustedProxyIsAStranger(String strategy) throws Exception {
		start(WebApplicationType.SERVLET, "--hindspan.propagation.trusted-callers=127.0.0.1",
				"--server.forward-headers-strategy=" + strategy);
		assertThat(send("127.0.0.1", "/unsampled", HEADERS)).isEqualTo(TRACE);
		assertThat(send("127.0.0.1", "/unsampled", forwardedFor("203.0.113.9"))).isNotEqualTo(TRACE);
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, framework", "SERVLET, native", "REACTIVE, native" })
	void strangerWhoNamesATrustedAddressIsAStrangerBehindAProxyThatAddsHis(WebApplicationType type, String strategy)
			throws Exception {
		start(type, "--hindspan.propagation.trusted-callers=127.0.0.0/8",
				"--server.forward-headers-strategy=" + strategy);
		for (String told : List.of("127.0.0.9", "127.0.0.1", "127.0.0.9, 127.0.0.8")) {
			assertThat(send("127.0.0.1", "/unsampled", forwardedFor(told + ", 203.0.113.9"))).isNotEqualTo(TRACE);
		}
		List<String> both = new ArrayList<>(List.of(with("Forwarded", "for=\"127.0.0.9:80\"")));
		both.addAll(List.of("X-Forwarded-For", "203.0.113.9"));
		assertThat(send("127.0.0.1", "/unsampled", both.toArray(String[]::new))).isNotEqualTo(TRACE);
		assertThat(send("127.0.0.1", "/unsampled", forwardedFor("127.0.0.9, 127.0.0.8"))).isEqualTo(TRACE);
	}

	private static String[] forwardedFor(String address) {
		return with("X-Forwarded-For", address);
	}

	private static String[] with(String header, String value) {
		List<String> headers = new ArrayList<>(List.of(HEADERS));
		headers.addAll(List.of(header, value));
		return headers.toArray(String[]::new);
	}

	@Test
	void wrongNetworkFailsWithItsIndex() {
		assertThatException()
			.isThrownBy(() -> start(WebApplicationType.SERVLET,
					"--hindspan.propagation.trusted-callers=10.0.0.0/8,10.0.0.0/99"))
			.havingRootCause()
			.withMessageContaining("hindspan.propagation.trusted-callers[1]")
			.withMessageContaining("10.0.0.0/99");
	}

	@Test
	void wrongHostFailsWithItsIndex() {
		assertThatException()
			.isThrownBy(() -> start(WebApplicationType.SERVLET, "--hindspan.propagation.trusted-hosts=http://tasks"))
			.havingRootCause()
			.withMessageContaining("hindspan.propagation.trusted-hosts[0]");
	}

	@ParameterizedTest
	@CsvSource({ "production, true", "development, false" })
	void productionIsToldOnceThatEverybodyIsBelieved(String environment, boolean told, CapturedOutput output) {
		start(WebApplicationType.SERVLET, "--hindspan.environment=" + environment);
		assertThat(output.getOut().split("every caller are believed", -1)).hasSize(told ? 2 : 1);
	}

	@Test
	void nothingIsToldWhereItIsSaid(CapturedOutput output) {
		start(WebApplicationType.SERVLET, "--hindspan.environment=production",
				"--hindspan.propagation.trusted-callers=all");
		assertThat(output).doesNotContain("every caller are believed");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping({ "/sampled", "/unsampled" })
		String answer() {
			return "done";
		}

	}

}
