package io.hindspan.sampling;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for rules, against requests over a real connection, under each kind of attribute
 * names.
 */
@ParameterizedClass
@ValueSource(strings = { "stable", "legacy" })
class SamplingRulesTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static HttpClient client;

	@Parameter
	private String names;

	@BeforeParameterizedClassInvocation
	static void start(String names) {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.SERVLET, Application.class,
				"--hindspan.span.attribute-names=" + names, "--hindspan.sampling.tail.enabled=false",
				"--management.endpoints.web.exposure.include=health", "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.rules[0].path=/actuator/**", "--hindspan.sampling.rules[0].probability=0",
				"--hindspan.sampling.rules[1].path=/payments/**", "--hindspan.sampling.rules[1].probability=1.0",
				"--hindspan.sampling.rules[2].method=delete", "--hindspan.sampling.rules[2].probability=1",
				"--hindspan.sampling.rules[3].header=X-Debug=on*", "--hindspan.sampling.rules[3].probability=1",
				"--hindspan.sampling.rules[4].baggage=tenant=acme", "--hindspan.sampling.rules[4].probability=1",
				"--hindspan.sampling.rules[5].header=X-Any", "--hindspan.sampling.rules[5].probability=1",
				"--hindspan.sampling.rules[6].destination=orders.*", "--hindspan.sampling.rules[6].kind=producer",
				"--hindspan.sampling.rules[6].probability=1", "--hindspan.sampling.rules[7].name=import-*",
				"--hindspan.sampling.rules[7].probability=1", "--hindspan.sampling.rules[8].path=/tasks/{id}",
				"--hindspan.sampling.rules[8].method=PUT", "--hindspan.sampling.rules[8].probability=1");
		client = HttpClient.newHttpClient();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		context.close();
		receiver.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /payments/17, , , true", "GET, /payments, , , true", "GET, /payments/17?x=1, , , true",
			"GET, /paymentsandmore, , , false", "GET, /tasks/17, , , false", "DELETE, /tasks/17, , , true",
			"PUT, /tasks/17, , , true", "PUT, /tasks/17/comments, , , false", "GET, /tasks, X-Debug, on, true",
			"GET, /tasks, x-debug, only, true", "GET, /tasks, X-Debug, off, false",
			"GET, /tasks, X-Any, anything, true", "GET, /tasks, baggage, 'tenant=acme,x=y', true",
			"GET, /tasks, baggage, tenant=other, false", "DELETE, /actuator/health, X-Any, anything, false" })
	void requestIsSampledAsTheFirstRuleThatMatchesSays(String method, String path, String header, String value,
			boolean sampled) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + TracedApplication.port(context) + path))
			.method(method, HttpRequest.BodyPublishers.noBody());
		if (header != null) {
			request.header(header, value);
		}
		String told = client.send(request.build(), HttpResponse.BodyHandlers.ofString())
			.headers()
			.firstValue("traceresponse")
			.orElseThrow();
		assertThat((Character.digit(told.charAt(told.length() - 1), 16) & 1) == 1).as(told).isEqualTo(sampled);
		if (sampled) {
			RecordedSpan root = receiver.awaitSpan((span) -> told.contains(span.traceId()));
			assertThat(root).hasAttribute("sampling.reason", "rule")
				.hasAttribute(this.names.equals("stable") ? "http.request.method" : "http.method", method);
			assertThat(root.traceState()).isEqualTo("ot=th:0");
		}
	}

	@Test
	void nothingElseIsExported() throws Exception {
		receiver.reset();
		String port = String.valueOf(TracedApplication.port(context));
		for (String path : List.of("/actuator/health", "/tasks/1", "/payments/1")) {
			client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
		}
		receiver.awaitSpan((span) -> span.kind() == SpanKind.SERVER);
		assertThat(receiver.spans())
			.extracting((span) -> span.attribute(this.names.equals("stable") ? "url.path" : "http.target"))
			.containsOnly("/payments/1");
	}

	@ParameterizedTest
	@CsvSource({ "PRODUCER, orders publish, orders.created, true", "PRODUCER, orders publish, orders.eu/created, false",
			"CONSUMER, orders process, orders.created, false", "PRODUCER, any, other, false",
			"INTERNAL, import-tasks, , true", "INTERNAL, export-tasks, , false" })
	void spanIsSampledByKindDestinationAndName(SpanKind kind, String name, String destination, boolean sampled) {
		for (String key : List.of("messaging.destination.name", "messaging.destination")) {
			Span span = context.getBean(OpenTelemetry.class)
				.getTracer("test")
				.spanBuilder(name)
				.setParent(Context.root())
				.setSpanKind(kind)
				.setAttribute(key, (destination != null) ? destination : "")
				.startSpan();
			span.end();
			assertThat(span.getSpanContext().isSampled()).isEqualTo(sampled);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@RequestMapping("/**")
		String any() {
			return "done";
		}

	}

}
