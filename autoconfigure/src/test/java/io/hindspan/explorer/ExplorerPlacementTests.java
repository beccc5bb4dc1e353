package io.hindspan.explorer;

import java.nio.file.Path;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for where in an application the explorer is, and when it is not.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExplorerPlacementTests {

	private static final String LINE = "Traces of this application: ";

	@ParameterizedTest
	@CsvSource({ "SERVLET,--server.servlet.context-path=/shop,/shop/hindspan",
			"SERVLET,--spring.mvc.servlet.path=/mvc,/mvc/hindspan",
			"SERVLET,--hindspan.explorer.path=/tools/traces,/tools/traces",
			"REACTIVE,--spring.webflux.base-path=/shop,/shop/hindspan",
			"REACTIVE,--hindspan.explorer.path=/tools/traces,/tools/traces" })
	void pageIsBeneathThePathsOfTheApplication(WebApplicationType type, String argument, String path,
			CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class, argument)) {
			assertThat(output).contains(LINE + "http://localhost:" + explorer.port() + path + System.lineSeparator());
			assertThat(explorer.get(path).header("Location"))
				.isEqualTo(path.substring(path.lastIndexOf('/') + 1) + "/");
			assertThat(explorer.get(path + "/test-page.js").status()).isEqualTo(200);
			RunningExplorer.Reply reply = explorer.get(path + "/api/status");
			assertThat(reply.status()).isEqualTo(200);
			assertThat(reply.header("X-Trace-Id")).isNull();
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,--hindspan.web.enabled=false", "SERVLET,--hindspan.span.enabled=false",
			"REACTIVE,--hindspan.web.enabled=false", "REACTIVE,--hindspan.span.enabled=false" })
	void requestsAreNotTracedByOthersEither(WebApplicationType type, String argument) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class, argument)) {
			for (String path : List.of("/hindspan", "/hindspan/test-page.js", "/hindspan/api/status")) {
				assertThat(explorer.get(path).status()).as(path).isLessThan(400);
			}
			assertThat(explorer.get("/tasks").status()).isEqualTo(200);
			explorer.receiver().awaitTrace((trace) -> trace.spans().get(0).name().endsWith("/tasks"));
			assertThat(explorer.receiver().traces()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void lazyApplicationHasItToo(WebApplicationType type, CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class,
				"--spring.main.lazy-initialization=true")) {
			assertThat(output).contains(LINE + "http://localhost:" + explorer.port() + "/hindspan");
			assertThat(explorer.context().getBeanFactory().containsSingleton("explorerLogCapture")).isTrue();
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void applicationsOwnHandlerGoesFirst(WebApplicationType type) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, OwnHandler.class)) {
			assertThat(explorer.get("/hindspan").text()).isEqualTo("mine");
			assertThat(explorer.get("/hindspan/api/status").text()).isEqualTo("my status");
			assertThat(explorer.get("/hindspan/api/traces").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,--hindspan.environment=production", "SERVLET,--hindspan.environment=staging",
			"SERVLET,--hindspan.explorer.enabled=false", "SERVLET,--hindspan.enabled=false",
			"REACTIVE,--hindspan.environment=production", "REACTIVE,--hindspan.explorer.enabled=false" })
	void nothingIsThereWhereItIsOff(WebApplicationType type, String argument, CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class, argument)) {
			for (String path : List.of("/hindspan", "/hindspan/", "/hindspan/api/status", "/hindspan/test-page.js")) {
				assertThat(explorer.get(path).status()).as(path).isEqualTo(404);
			}
			assertThat(explorer
				.send("POST", "/hindspan/v1/traces", SentTraces.json("GET /"), "Content-Type: application/json")
				.status()).isEqualTo(404);
			assertThat(explorer.context().getBeansOfType(LogCapture.class)).isEmpty();
			assertThat(output).doesNotContain(LINE);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void thereIsAWarningWhereNothingProtectsIt(WebApplicationType type, CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class,
				"--hindspan.environment=production", "--hindspan.explorer.enabled=true")) {
			assertThat(output).containsOnlyOnce(
					"hindspan.explorer.enabled=true in production, and this application has no " + "Spring Security");
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(200);
			assertThat(explorer.get("/hindspan/api/status").json().path("logs").asBoolean()).isFalse();
			assertThat(explorer.context().getBeansOfType(LogCapture.class)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void nobodyIsLetInWhereNobodyCanBeAuthenticated(WebApplicationType type, CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(type, ExplorerApplication.class,
				"--hindspan.explorer.access=secured")) {
			assertThat(output)
				.containsOnlyOnce("hindspan.explorer.access=secured, but this application has no Spring " + "Security");
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(401);
			assertThat(explorer.get("/hindspan/").status()).isEqualTo(401);
		}
	}

	@Test
	void developmentWithoutSecurityIsNoReasonToWarn(CapturedOutput output) {
		RunningExplorer.start(WebApplicationType.SERVLET, ExplorerApplication.class).close();
		assertThat(output).contains(LINE).doesNotContain("has no Spring Security");
	}

	/**
	 * Tomcat then removes a header that claims to be from this machine, and nothing tells
	 * that there was one.
	 */
	@Test
	void serverThatHidesWhoAsksIsRefusedWithTheRemedy() throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(WebApplicationType.SERVLET, ExplorerApplication.class,
				"--server.forward-headers-strategy=native")) {
			assertThat(explorer.get("/hindspan/api/status").error()).contains("server.forward-headers-strategy");
			assertThat(explorer.get("/hindspan/api/status", "X-Forwarded-For: 127.0.0.1").status()).isEqualTo(403);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/status", "/test-page.js" })
	void interceptorOfTheApplicationIsAsked(String path) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(WebApplicationType.SERVLET, Interceptor.class)) {
			assertThat(explorer.get("/hindspan" + path).status()).isEqualTo(418);
			assertThat(explorer.get("/hindspan" + path, "X-Pass: 1").status()).isEqualTo(200);
		}
	}

	@Test
	void statusTellsWhatIsOnDisk(@TempDir Path directory) throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(WebApplicationType.SERVLET, ExplorerApplication.class,
				"--hindspan.store.directory=" + directory)) {
			JsonNode disk = explorer.get("/hindspan/api/status").json().path("disk");
			assertThat(disk.path("maxBytes").asLong()).isEqualTo(1 << 30);
			assertThat(disk.path("traces").asInt()).isZero();
			assertThat(disk.has("problem")).isFalse();
		}
	}

	@Test
	void intakeCanBeOffAlone() throws Exception {
		try (RunningExplorer explorer = RunningExplorer.start(WebApplicationType.SERVLET, ExplorerApplication.class,
				"--hindspan.explorer.intake=false", "--hindspan.explorer.logs=false")) {
			assertThat(explorer
				.send("POST", "/hindspan/v1/traces", SentTraces.json("GET /"), "Content-Type: application/json")
				.status()).isEqualTo(405);
			assertThat(explorer.get("/hindspan/api/status").json().path("logs").asBoolean()).isFalse();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ExplorerApplication.class)
	@RestController
	static class OwnHandler {

		@GetMapping("/hindspan")
		String mine() {
			return "mine";
		}

		@GetMapping("/hindspan/api/status")
		String status() {
			return "my status";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ExplorerApplication.class)
	static class Interceptor {

		@Bean
		WebMvcConfigurer passes() {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry registry) {
					registry.addInterceptor(new HandlerInterceptor() {

						@Override
						public boolean preHandle(HttpServletRequest request, HttpServletResponse response,
								Object handler) {
							boolean passes = request.getHeader("X-Pass") != null;
							response.setStatus(passes ? 200 : 418);
							return passes;
						}

					}).addPathPatterns("/hindspan/**");
				}

			};
		}

	}

}
