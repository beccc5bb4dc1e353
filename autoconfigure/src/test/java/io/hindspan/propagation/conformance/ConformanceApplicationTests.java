package io.hindspan.propagation.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a service sends on over real HTTP, above all where plain Spring Boot fails the
 * public conformance suite.
 */
class ConformanceApplicationTests {

	private static final String TRACE_ID = "12345678901234567890123456789012";

	private static final String TRACEPARENT = "00-" + TRACE_ID + "-1234567890123456-01";

	private static final Queue<Headers> received = new ConcurrentLinkedQueue<>();

	private static final HttpClient client = HttpClient.newHttpClient();

	private static HttpServer callee;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() throws IOException {
		callee = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		callee.createContext("/", (exchange) -> {
			received.add(exchange.getRequestHeaders());
			exchange.getRequestBody().readAllBytes();
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		callee.start();
		application = ConformanceApplication.start("--server.port=0",
				"--management.tracing.baggage.remote-fields=x-tenant");
	}

	@AfterAll
	static void stop() {
		application.close();
		callee.stop(0);
	}

	@BeforeEach
	void forget() {
		received.clear();
	}

	@Test
	void continuesTrace() throws Exception {
		Headers sent = send("traceparent", TRACEPARENT, "tracestate", "foo=1,bar=2");
		assertThat(sent.get("traceparent")).singleElement()
			.asString()
			.startsWith("00-" + TRACE_ID + "-")
			.endsWith("-01")
			.doesNotContain("1234567890123456-01");
		assertThat(sent.get("tracestate")).containsExactly("foo=1,bar=2");
	}

	@Test
	void givesEveryRequestItsOwnIdEvenWhereNothingIsRecorded() throws Exception {
		List<Headers> sent = send(3, "traceparent", TRACEPARENT.replace("-01", "-00"));
		assertThat(sent).extracting((headers) -> headers.getFirst("traceparent"))
			.hasSize(3)
			.doesNotHaveDuplicates()
			.allSatisfy((traceparent) -> assertThat(traceparent).startsWith("00-" + TRACE_ID + "-")
				.endsWith("-00")
				.doesNotContain("-1234567890123456-"));
	}

	@Test
	void beginsTrace() throws Exception {
		Headers sent = send();
		assertThat(sent.get("traceparent")).singleElement().asString().matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[23]");
		assertThat(sent).doesNotContainKey("Tracestate");
	}

	@Test
	void beginsAnewOnSeveralTraceparents() throws Exception {
		Headers sent = send("traceparent", TRACEPARENT, "traceparent", TRACEPARENT.replace("9012-", "9011-"),
				"tracestate", "foo=1");
		assertThat(sent.get("traceparent")).singleElement().asString().doesNotContain("12345678901234567890123456789");
		assertThat(sent).doesNotContainKey("Tracestate");
	}

	@Test
	void combinesTracestates() throws Exception {
		assertThat(send("traceparent", TRACEPARENT, "tracestate", "foo=1,bar=2", "tracestate", "", "tracestate",
				"rojo=1,foo=2", "tracestate", "baz@=3")
			.get("tracestate")).containsExactly("foo=1,bar=2,rojo=1,baz@=3");
	}

	@Test
	void dropsOverlongTracestate() throws Exception {
		String members = IntStream.range(0, 32)
			.mapToObj((number) -> "bar" + number + "=1")
			.collect(Collectors.joining(","));
		assertThat(send("traceparent", TRACEPARENT, "tracestate", members).get("tracestate")).containsExactly(members);
		Headers sent = send("traceparent", TRACEPARENT, "tracestate", members, "tracestate", "foo=1");
		assertThat(sent.get("traceparent")).singleElement().asString().contains(TRACE_ID);
		assertThat(sent).doesNotContainKey("Tracestate");
	}

	@Test
	void keepsRandomFlag() throws Exception {
		assertThat(send("traceparent", TRACEPARENT.replace("-01", "-02")).get("traceparent")).singleElement()
			.asString()
			.contains(TRACE_ID)
			.endsWith("-02");
	}

	@Test
	void continuesB3BesideBaggage() throws Exception {
		Headers sent = send("b3", "22222222222222222222222222222222-2222222222222222-1", "baggage",
				"key=value;property", "baggage", "key2=a%20b,,nonsense", "x-tenant", "acme");
		assertThat(sent.get("traceparent")).singleElement()
			.asString()
			.startsWith("00-22222222222222222222222222222222-");
		assertThat(sent.get("baggage")).singleElement()
			.asString()
			.contains("key=value;property", "key2=a%20b", "x-tenant=acme")
			.doesNotContain("nonsense");
		assertThat(sent.get("x-tenant")).containsExactly("acme");
	}

	@Test
	void bearsWithHostileHeaders() throws Exception {
		Headers sent = send("traceparent", "\u00ff".repeat(55), "tracestate", "=".repeat(1000), "b3", "-".repeat(1000),
				"baggage", "%,".repeat(1000), "x-tenant", "\u00ff");
		assertThat(sent.get("traceparent")).singleElement().asString().matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[23]");
	}

	private static Headers send(String... namesAndValues) throws IOException, InterruptedException {
		return send(1, namesAndValues).get(0);
	}

	private static List<Headers> send(int callbacks, String... namesAndValues)
			throws IOException, InterruptedException {
		String port = application.getEnvironment().getProperty("local.server.port");
		String callback = "{\"url\": \"http://127.0.0.1:" + callee.getAddress().getPort()
				+ "/callback\", \"arguments\": []}";
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/test"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(Collections.nCopies(callbacks, callback).toString()));
		for (int i = 0; i < namesAndValues.length; i += 2) {
			request.header(namesAndValues[i], namesAndValues[i + 1]);
		}
		HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		List<Headers> sent = List.copyOf(received);
		received.clear();
		assertThat(sent).hasSize(callbacks);
		return sent;
	}

}
