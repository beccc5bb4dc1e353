package io.hindspan.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for responses that are written bit by bit: their spans end when the work ends.
 */
class StreamingTests {

	private static final Duration QUIET = Duration.ofMillis(200);

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		Gate.open.countDown();
		this.context.close();
		this.receiver.close();
	}

	private void start(WebApplicationType type) {
		Gate.open = new CountDownLatch(1);
		this.context = TracedApplication.start(this.receiver, type,
				(type == WebApplicationType.SERVLET) ? ServletApplication.class : ReactiveApplication.class);
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,/emitter", "SERVLET,/flux", "REACTIVE,/flux" })
	void spanLastsAsLongAsTheStream(WebApplicationType type, String path) throws Exception {
		start(type);
		HttpResponse<InputStream> response = this.client.send(request(path), HttpResponse.BodyHandlers.ofInputStream());
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
			assertThat(lines.readLine()).endsWith("1");
			this.receiver.awaitSpan((span) -> span.name().equals("prepare 1"));
			this.receiver.awaitQuiet(QUIET);
			assertThat(this.receiver.spans()).noneMatch((span) -> span.kind() == SpanKind.SERVER);
			Gate.open.countDown();
			assertThat(lines.lines().filter((line) -> !line.isEmpty())).hasSize(1)
				.allMatch((line) -> line.endsWith("2"));
		}
		assertStream(traceId, path);
	}

	/**
	 * Spring writes it when it is whole.
	 */
	@Test
	void spanLastsAsLongAsTheBodyIsWritten() throws Exception {
		start(WebApplicationType.SERVLET);
		Gate.open.countDown();
		HttpResponse<String> response = this.client.send(request("/body"), HttpResponse.BodyHandlers.ofString());
		assertThat(response.body()).isEqualTo("1\n2\n");
		assertStream(response.headers().firstValue("X-Trace-Id").orElseThrow(), "/body");
	}

	@Test
	void workOfACallableIsBeneathTheRequest() throws Exception {
		start(WebApplicationType.SERVLET);
		Gate.open.countDown();
		HttpResponse<String> response = this.client.send(request("/callable"), HttpResponse.BodyHandlers.ofString());
		assertStream(response.headers().firstValue("X-Trace-Id").orElseThrow(), "/callable");
		HttpResponse<String> thread = this.client.send(request("/left-behind"), HttpResponse.BodyHandlers.ofString());
		assertThat(thread.body()).isEqualTo("nothing");
	}

	private void assertStream(String traceId, String path) {
		RecordedTrace trace = this.receiver.awaitTrace(traceId,
				(candidate) -> assertThat(candidate).matchesTree(span("GET " + path, SpanKind.SERVER)
					.with(span("prepare 1", SpanKind.INTERNAL), span("prepare 2", SpanKind.INTERNAL))));
		RecordedSpan server = trace.span("GET " + path);
		assertThat(server).hasStatus(StatusCode.UNSET).hasAttribute("http.response.status_code", 200L);
		assertThat(server.endNanos()).isGreaterThanOrEqualTo(trace.span("prepare 2").endNanos());
	}

	private HttpRequest request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + TracedApplication.port(this.context) + path))
			.build();
	}

	/**
	 * Keeps the second half of a response until the first has been seen.
	 */
	private static final class Gate {

		private static volatile CountDownLatch open = new CountDownLatch(1);

		static void pass(int number) {
			try {
				assertThat(number == 1 || open.await(30, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		static String prepare(int number) {
			return CurrentSpan.child("prepare " + number, () -> Integer.toString(number));
		}

	}

	@RestController
	static class Streams {

		@GetMapping(path = "/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> flux() {
			return Flux.range(1, 2).publishOn(Schedulers.boundedElastic(), 1).doOnNext(Gate::pass).map(Gate::prepare);
		}

	}

	@RestController
	static class ServletStreams {

		private final ExecutorService executor;

		ServletStreams(ExecutorService executor) {
			this.executor = executor;
		}

		@GetMapping("/emitter")
		SseEmitter emitter() {
			SseEmitter emitter = new SseEmitter();
			this.executor.execute(() -> {
				try {
					for (int number = 1; number <= 2; number++) {
						Gate.pass(number);
						emitter.send(Gate.prepare(number));
					}
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			});
			return emitter;
		}

		@GetMapping("/body")
		StreamingResponseBody body() {
			return (output) -> {
				for (int number = 1; number <= 2; number++) {
					Gate.pass(number);
					output.write((Gate.prepare(number) + "\n").getBytes(StandardCharsets.UTF_8));
					output.flush();
				}
			};
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> Gate.prepare(1) + Gate.prepare(2);
		}

		/**
		 * What the thread of the callable before was left with.
		 */
		@GetMapping("/left-behind")
		String leftBehind() throws Exception {
			CompletableFuture<Boolean> left = new CompletableFuture<>();
			ServletApplication.MVC
				.execute(() -> left.complete(io.opentelemetry.api.trace.Span.current().getSpanContext().isValid()));
			return left.get() ? "a span" : "nothing";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Streams.class, ServletStreams.class })
	static class ServletApplication implements WebMvcConfigurer {

		/** No bean, and so not known to anybody but Spring MVC. */
		private static final ExecutorService MVC = Executors.newSingleThreadExecutor();

		@Override
		public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
			configurer.setTaskExecutor(new ConcurrentTaskExecutor(MVC));
		}

		@Bean(destroyMethod = "shutdownNow")
		ExecutorService streams() {
			return Executors.newSingleThreadExecutor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Streams.class)
	static class ReactiveApplication {

	}

}
