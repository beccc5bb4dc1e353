package io.hindspan.explorer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import io.hindspan.explorer.RunningExplorer.Reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for an application with Spring Security, whose chain the explorer leaves as it
 * is.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExplorerSecurityTests {

	private static final String SECURITY = "--spring.autoconfigure.exclude="
			+ "org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration,"
			+ "org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration,"
			+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
			+ "org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration,"
			+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

	private static final String[] USER = { "--spring.security.user.name=user",
			"--spring.security.user.password=password" };

	private static final String PASSWORD = "Authorization: Basic "
			+ Base64.getEncoder().encodeToString("user:password".getBytes(StandardCharsets.UTF_8));

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void loopbackDoesNotReplaceAPassword(WebApplicationType type, CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = start(type, ExplorerApplication.class)) {
			for (String path : List.of("/hindspan", "/hindspan/", "/hindspan/test-page.js", "/hindspan/api/status")) {
				Reply reply = explorer.get(path);
				assertThat(reply.status()).as(path).isEqualTo(401);
				assertThat(reply.header("X-Trace-Id")).as(path).isNull();
			}
			assertThat(explorer.get("/hindspan/api/status", PASSWORD).status()).isEqualTo(200);
			assertThat(explorer.get("/hindspan/api/status", PASSWORD, "Host: evil.example").status()).isEqualTo(403);
			// Protection against forged requests is the application's, too
			long revision = explorer.store().revision();
			assertThat(explorer
				.send("POST", "/hindspan/v1/traces", SentTraces.json("GET /"), PASSWORD,
						"Content-Type: application/json")
				.status()).isIn(401, 403);
			assertThat(explorer.store().revision()).isEqualTo(revision);
			assertThat(output).doesNotContain("has no Spring Security");
			explorer.receiver().reset();
			String traceId = explorer.get("/tasks", PASSWORD).header("X-Trace-Id");
			explorer.receiver().awaitTrace(String.valueOf(traceId), 1);
			assertThat(explorer.receiver().traces()).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,development", "SERVLET,production", "REACTIVE,development", "REACTIVE,production" })
	void securedIsForWhoeverIsAuthenticatedFromAnywhere(WebApplicationType type, String environment,
			CapturedOutput output) throws Exception {
		try (RunningExplorer explorer = start(type, ExplorerApplication.class, "--hindspan.explorer.access=secured",
				"--hindspan.explorer.enabled=true", "--hindspan.environment=" + environment)) {
			assertThat(explorer.get("/hindspan/api/status", "Host: tasks.example").status()).isEqualTo(401);
			assertThat(explorer
				.get("/hindspan/api/status", PASSWORD, "Host: tasks.example", "X-Forwarded-For: 203.0.113.7")
				.status()).isEqualTo(200);
			assertThat(explorer.get("/hindspan/api/status", PASSWORD, "Sec-Fetch-Site: cross-site").status())
				.isEqualTo(403);
			assertThat(
					explorer.get("/hindspan/api/status", PASSWORD, "Host: tasks.example", "Origin: http://evil.example")
						.status())
				.isEqualTo(403);
			InetAddress address = NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.filter((candidate) -> candidate instanceof Inet4Address && !candidate.isLoopbackAddress())
				.findFirst()
				.orElse(null);
			assertThat(output).doesNotContain("has no Spring Security");
			assumeThat(address).as("this machine has a network").isNotNull();
			assertThat(explorer
				.raw(address, "GET /hindspan/api/status HTTP/1.1", new byte[0],
						List.of("Host: tasks.example", PASSWORD))
				.status()).isEqualTo(200);
		}
	}

	@Test
	void anonymousIsNobody() throws Exception {
		try (RunningExplorer explorer = start(WebApplicationType.SERVLET, OpenToAll.class,
				"--hindspan.explorer.access=secured")) {
			assertThat(explorer.get("/tasks").status()).isEqualTo(200);
			assertThat(explorer.get("/hindspan/api/status").status()).isEqualTo(401);
			assertThat(explorer.get("/hindspan/api/status", PASSWORD).status()).isEqualTo(200);
			assertThat(explorer
				.send("POST", "/hindspan/v1/traces", SentTraces.json("GET /"), PASSWORD,
						"Content-Type: application/json")
				.status()).isEqualTo(200);
		}
	}

	private static RunningExplorer start(WebApplicationType type, Class<?> application, String... arguments) {
		String[] all = new String[arguments.length + USER.length + 1];
		all[0] = SECURITY;
		System.arraycopy(USER, 0, all, 1, USER.length);
		System.arraycopy(arguments, 0, all, USER.length + 1, arguments.length);
		return RunningExplorer.start(type, application, all);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ExplorerApplication.class)
	static class OpenToAll {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

}
