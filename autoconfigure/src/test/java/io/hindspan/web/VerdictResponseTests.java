package io.hindspan.web;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.span.UntracedRequests;
import io.hindspan.span.Verdict;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the verdict in the responses of Spring MVC.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerdictResponseTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private OtlpReceiver receiver;

	private ConfigurableApplicationContext context;

	@BeforeAll
	void start() {
		this.receiver = OtlpReceiver.start();
		this.context = TracedApplication.start(this.receiver, WebApplicationType.SERVLET, Application.class,
				"--management.tracing.sampling.probability=0");
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private HttpResponse<String> get(String path) throws Exception {
		URI uri = URI.create("http://localhost:" + TracedApplication.port(this.context) + path);
		return this.client.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/redirect", "/redirect-status", "/redirect-buffer", "/redirect-all", "/send-error",
			"/empty", "/callable", "/async-empty", "/async-flushed", "/thrown", "/async-thrown", "/status-500",
			"/async-500", "/reset-kept", "/written" })
	void callerIsToldThatTheTraceIsKept(String path) throws Exception {
		HttpResponse<String> response = get(path);
		assertThat(response.headers().allValues("traceresponse")).singleElement().asString().endsWith("-03");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/own-headers", "/own-headers-of-error" })
	void applicationsOwnHeadersStay(String path) throws Exception {
		HttpResponse<String> response = get(path);
		assertThat(response.headers().allValues("X-Trace-Id")).containsExactly("mine");
		assertThat(response.headers().allValues("traceresponse")).containsExactly("00-mine");
	}

	@Test
	void writerAfterResetHasTheNewEncoding() throws IOException {
		MockHttpServletResponse response = new MockHttpServletResponse();
		VerdictResponse watched = watch(response);
		watched.setCharacterEncoding("UTF-8");
		watched.getWriter().write("x");
		watched.reset();
		watched.setCharacterEncoding("UTF-16BE");
		watched.getWriter().write("y");
		watched.getWriter().flush();
		assertThat(response.getContentAsByteArray()).isEqualTo("y".getBytes(StandardCharsets.UTF_16BE));
	}

	@Test
	void writerFormatsAsTheContainersDoes() throws IOException {
		StringWriter written = new StringWriter();
		VerdictResponse watched = watch(new MockHttpServletResponse() {

			@Override
			public PrintWriter getWriter() {
				return new PrintWriter(written) {

					@Override
					public PrintWriter format(String format, Object... arguments) {
						return super.format(Locale.GERMANY, format, arguments);
					}

				};
			}

		});
		watched.getWriter().printf("%.1f ", 1.5).printf(Locale.US, "%.1f", 1.5);
		assertThat(written).hasToString("1,5 1.5");
	}

	private static VerdictResponse watch(HttpServletResponse response) {
		WebTracingProperties properties = new WebTracingProperties(true, "", true);
		return new VerdictResponse(response, SpanContext.getInvalid(), Undecided.VERDICT,
				new TraceResponse(properties, UntracedRequests.none()));
	}

	private enum Undecided implements Verdict {

		VERDICT;

		@Override
		public boolean isKept() {
			return false;
		}

		@Override
		public boolean isDropped() {
			return false;
		}

		@Override
		public boolean keep(String reason) {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private static void keep() {
			assertThat(Verdict.keep(Context.current(), "test")).isTrue();
		}

		@GetMapping("/written")
		String written() {
			keep();
			return "x";
		}

		@GetMapping("/redirect")
		void redirect(HttpServletResponse response) throws IOException {
			keep();
			response.sendRedirect("/x");
			response.flushBuffer();
		}

		@GetMapping("/redirect-status")
		void redirectStatus(HttpServletResponse response) throws IOException {
			keep();
			response.sendRedirect("/x", 303);
		}

		@GetMapping("/redirect-buffer")
		void redirectBuffer(HttpServletResponse response) throws IOException {
			keep();
			response.sendRedirect("/x", true);
		}

		@GetMapping("/redirect-all")
		void redirectAll(HttpServletResponse response) throws IOException {
			keep();
			response.sendRedirect("/x", 303, true);
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(503);
		}

		@GetMapping("/empty")
		void empty() {
			keep();
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> {
				keep();
				return "x";
			};
		}

		@GetMapping("/async-empty")
		Callable<ResponseEntity<Void>> asyncEmpty() {
			return () -> {
				keep();
				return ResponseEntity.noContent().build();
			};
		}

		@GetMapping("/async-500")
		Callable<ResponseEntity<Void>> async500() {
			return () -> ResponseEntity.internalServerError().build();
		}

		@GetMapping("/status-500")
		ResponseEntity<Void> status500() {
			return ResponseEntity.internalServerError().build();
		}

		@GetMapping("/async-flushed")
		void asyncFlushed(HttpServletRequest request, HttpServletResponse response) {
			keep();
			AsyncContext async = request.startAsync(request, response);
			async.start(() -> {
				try {
					async.getResponse().flushBuffer();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
				async.complete();
			});
		}

		@GetMapping("/thrown")
		void thrown() {
			throw new IllegalStateException("thrown");
		}

		@GetMapping("/async-thrown")
		Callable<String> asyncThrown() {
			return () -> {
				throw new IllegalStateException("thrown");
			};
		}

		@GetMapping("/reset-kept")
		void resetKept(HttpServletResponse response) throws IOException {
			keep();
			response.getWriter().write("x");
			response.reset();
			response.getWriter().write("y");
		}

		@GetMapping("/own-headers")
		String ownHeaders(HttpServletResponse response) {
			keep();
			response.setHeader("X-Trace-Id", "mine");
			response.setHeader("traceresponse", "00-mine");
			return "x";
		}

		@GetMapping("/own-headers-of-error")
		void ownHeadersOfError(HttpServletResponse response) throws IOException {
			ownHeaders(response);
			response.sendError(500);
		}

	}

}
