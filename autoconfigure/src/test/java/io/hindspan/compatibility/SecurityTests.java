package io.hindspan.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for requests that Spring Security lets through or rejects.
 */
class SecurityTests {

	private static final String EXCLUDED = Excluded.argument(Excluded.DATA_SOURCE, Excluded.JPA);

	private final HttpClient client = HttpClient.newHttpClient();

	@ParameterizedTest
	@CsvSource({ "SERVLET,/tasks,,401", "SERVLET,/tasks,user:wrong,401", "SERVLET,/admin,user:password,403",
			"SERVLET,/tasks,user:password,200", "REACTIVE,/tasks,,401", "REACTIVE,/tasks,user:wrong,401",
			"REACTIVE,/admin,user:password,403", "REACTIVE,/tasks,user:password,200" })
	void requestIsTracedWithoutASpanForEachFilter(WebApplicationType type, String path, String credentials, int status)
			throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, type)) {
			HttpResponse<String> response = get(context, path, credentials);
			assertThat(response.statusCode()).isEqualTo(status);
			RecordedTrace trace = trace(response, receiver);
			assertThat(trace).hasSingleRoot();
			assertThat(trace).root()
				.hasKind(SpanKind.SERVER)
				.hasStatus(StatusCode.UNSET)
				.hasAttribute("http.response.status_code", (long) status);
			assertThat(trace.spans()).extracting(RecordedSpan::name)
				.noneMatch((name) -> name.contains("filter") || name.contains("secured request")
						|| name.contains("unsecured request"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whatIsGrantedIsToldOnTheRequest(WebApplicationType type) throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, type)) {
			RecordedTrace trace = trace(get(context, "/tasks", "user:password"), receiver);
			assertThat(trace).hasSpanCount(1);
			assertThat(trace).root()
				.hasAttribute("authentication.succeeded", true)
				.hasAttribute("authentication.method", "UsernamePasswordAuthenticationToken")
				.hasAttribute("authorization.granted", true)
				.hasNoAttribute("permission.required");
			assertThat(trace.roots().get(0).events()).extracting(RecordedSpan.Event::name)
				.containsExactly("authentication", "authorization");
			assertThat(trace.toString()).doesNotContain("user", "password");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whatIsDeniedIsToldOnTheRequest(WebApplicationType type) throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, type)) {
			RecordedTrace denied = trace(get(context, "/admin", "user:password"), receiver);
			assertThat(denied).root()
				.hasAttribute("authorization.granted", false)
				.hasAttribute("permission.required", List.of("ROLE_ADMIN"));
			assertThat(denied.roots().get(0).events().get(1).attributes())
				.isEqualTo(Map.of("authorization.granted", false, "permission.required", List.of("ROLE_ADMIN")));
			RecordedTrace unknown = trace(get(context, "/tasks", "user:wrong"), receiver);
			assertThat(unknown).root()
				.hasAttribute("authentication.succeeded", false)
				.hasNoAttribute("authorization.granted");
			assertThat(unknown.roots().get(0).events().get(0).attributes()).containsEntry("error.type",
					BadCredentialsException.class.getName());
		}
	}

	@Test
	void permissionOfAMethodIsToldOnTheSpanThatCallsIt() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, WebApplicationType.SERVLET)) {
			Archive archive = context.getBean(Archive.class);
			SecurityContextHolder.getContext()
				.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(user(), null,
						AuthorityUtils.createAuthorityList("task:read")));
			Observation.createNotStarted("call", context.getBean(ObservationRegistry.class)).observe(() -> {
				archive.read();
				assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(archive::delete);
			});
			RecordedTrace trace = receiver.awaitTrace((candidate) -> true);
			assertThat(trace).hasSpanCount(1);
			assertThat(trace).root()
				.hasStatus(StatusCode.UNSET)
				.hasAttribute("authorization.granted", false)
				.hasAttribute("permission.required", List.of("hasAuthority('task:delete')"));
			assertThat(trace.roots().get(0).events())
				.extracting((event) -> event.attributes().get("authorization.granted"))
				.containsExactly(true, false);
		}
		finally {
			SecurityContextHolder.clearContext();
		}
	}

	@Test
	void nothingIsToldWithoutASpan() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, WebApplicationType.SERVLET)) {
			Archive archive = context.getBean(Archive.class);
			assertThatExceptionOfType(AuthenticationCredentialsNotFoundException.class).isThrownBy(archive::read);
			Observation.createNotStarted("later", context.getBean(ObservationRegistry.class)).observe(() -> {
			});
			receiver.awaitSpan((span) -> span.name().equals("later"));
			assertThat(receiver.spans()).hasSize(1);
		}
	}

	@Test
	void decisionsAreMeasuredAsEver() throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, WebApplicationType.SERVLET)) {
			trace(get(context, "/tasks", "user:password"), receiver);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("spring.security.authorizations").timer().count()).isPositive();
			assertThat(meters.get("spring.security.authentications").timer().count()).isPositive();
		}
	}

	@Test
	void settingsOfTheApplicationAreKept() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.SERVLET,
						OwnSettings.class, EXCLUDED)) {
			assertThat(context.getBean(SecurityObservationSettings.class).shouldObserveRequests()).isTrue();
		}
	}

	@Test
	void settingsAreThoseOfSpringSecurityWhenOff() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.SERVLET,
						ServletApplication.class, EXCLUDED, "--hindspan.security.enabled=false")) {
			assertThat(context.getBeansOfType(SecurityObservationSettings.class)).isEmpty();
		}
	}

	private static ConfigurableApplicationContext start(OtlpReceiver receiver, WebApplicationType type) {
		Class<?> source = (type == WebApplicationType.SERVLET) ? ServletApplication.class : ReactiveApplication.class;
		return TracedApplication.start(receiver, type, source, EXCLUDED);
	}

	private HttpResponse<String> get(ConfigurableApplicationContext context, String path, String credentials)
			throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + TracedApplication.port(context) + path));
		if (credentials != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static RecordedTrace trace(HttpResponse<String> response, OtlpReceiver receiver) {
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		return receiver.awaitTrace((trace) -> trace.traceId().equals(traceId)
				&& trace.spans((span) -> span.kind() == SpanKind.SERVER).size() == 1);
	}

	private static UserDetails user() {
		return User.withUsername("user").password("{noop}password").roles("USER").build();
	}

	@RestController
	static class Tasks {

		@GetMapping("/tasks")
		String tasks() {
			return "tasks";
		}

		@GetMapping("/admin")
		String admin() {
			return "admin";
		}

	}

	static class Archive {

		@PreAuthorize("hasAuthority('task:read')")
		public void read() {
		}

		@PreAuthorize("hasAuthority('task:delete')")
		public void delete() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSecurity
	@EnableMethodSecurity
	@Import({ Tasks.class, Archive.class })
	static class ServletApplication {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/admin").hasRole("ADMIN").anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		InMemoryUserDetailsManager users() {
			return new InMemoryUserDetailsManager(user());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebFluxSecurity
	@Import(Tasks.class)
	static class ReactiveApplication {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(exchanges) -> exchanges.pathMatchers("/admin").hasRole("ADMIN").anyExchange().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(user());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ServletApplication.class)
	static class OwnSettings {

		@Bean
		SecurityObservationSettings ownSettings() {
			return SecurityObservationSettings.withDefaults().shouldObserveRequests(true).build();
		}

	}

}
