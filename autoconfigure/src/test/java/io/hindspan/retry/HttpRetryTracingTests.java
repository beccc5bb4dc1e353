package io.hindspan.retry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for requests that Apache HttpClient sends again.
 */
class HttpRetryTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final AtomicInteger requests = new AtomicInteger();

	private HttpServer server;

	private ConfigurableApplicationContext context;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/busy", (exchange) -> answer(exchange, isLast() ? 200 : 503));
		this.server.createContext("/silent", (exchange) -> {
			if (isLast()) {
				answer(exchange, 200);
			}
			exchange.close();
		});
		this.server.createContext("/moved", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/found");
			answer(exchange, 302);
		});
		this.server.createContext("/found", (exchange) -> answer(exchange, 200));
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
		this.server.stop(0);
	}

	private boolean isLast() {
		return this.requests.incrementAndGet() == 3;
	}

	private static void answer(HttpExchange exchange, int status) throws IOException {
		exchange.sendResponseHeaders(status, -1);
		exchange.close();
	}

	private void start(String... args) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, args);
	}

	@Test
	void responsesThatAreTriedAgainAreEvents() {
		start();
		assertThat(attempts("/busy")).containsExactly(attempt(2, "503"), attempt(3, "503"));
	}

	@Test
	void connectionsThatAreTriedAgainAreEvents() {
		start();
		String reason = NoHttpResponseException.class.getName();
		assertThat(attempts("/silent")).containsExactly(attempt(2, reason), attempt(3, reason));
	}

	@Test
	void redirectIsNoAttempt() {
		start();
		assertThat(attempts("/moved")).isEmpty();
	}

	@Test
	void nothingIsToldWhenOff() {
		start("--hindspan.retry.enabled=false");
		assertThat(attempts("/busy")).isEmpty();
		assertThat(this.requests).hasValue(3);
	}

	private static Map<String, Object> attempt(long number, String reason) {
		return Map.of("retry.attempt", number, "retry.reason", reason);
	}

	private List<Map<String, Object>> attempts(String path) {
		RestClient client = this.context.getBean(RestClient.Builder.class)
			.baseUrl("http://localhost:" + this.server.getAddress().getPort())
			.build();
		assertThat(client.get().uri(path).retrieve().toBodilessEntity().getStatusCode().value()).isEqualTo(200);
		RecordedSpan call = this.receiver.awaitSpan((span) -> span.name().startsWith("GET"));
		return call.events()
			.stream()
			.filter((event) -> event.name().equals("retry_attempt"))
			.map(RecordedSpan.Event::attributes)
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> ownRetries() {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client
				.setRetryStrategy(new DefaultHttpRequestRetryStrategy(2, TimeValue.ZERO_MILLISECONDS)));
		}

	}

}
