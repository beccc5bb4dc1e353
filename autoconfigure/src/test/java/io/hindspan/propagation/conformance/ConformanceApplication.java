package io.hindspan.propagation.conformance;

import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/**
 * The service under test of the public W3C Trace Context conformance suite:
 * {@code POST /test} with a list of addresses and arguments posts the arguments to each
 * address. See docs/conformance.md.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = { DataSourceAutoConfiguration.class, HibernateJpaAutoConfiguration.class })
@Import(ConformanceApplication.TestController.class)
public class ConformanceApplication {

	private static final Map<String, Object> DEFAULTS = Map.of("spring.application.name", "conformance",
			"server.address", "127.0.0.1", "server.port", "5000");

	public static void main(String[] args) {
		start(args);
	}

	static ConfigurableApplicationContext start(String... args) {
		SpringApplication application = new SpringApplication(ConformanceApplication.class);
		application.setDefaultProperties(DEFAULTS);
		return application.run(args);
	}

	@Bean
	SecurityFilterChain openToEverybody(HttpSecurity http) {
		return http.csrf(AbstractHttpConfigurer::disable)
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.build();
	}

	/**
	 * What the suite asks the service to do.
	 *
	 * @param url where to post
	 * @param arguments what to post
	 */
	record Callback(String url, List<Object> arguments) {

	}

	@RestController
	static class TestController {

		private final RestClient client;

		TestController(RestClient.Builder builder) {
			this.client = builder.build();
		}

		@PostMapping("/test")
		List<Object> test(@RequestBody List<Callback> callbacks) {
			for (Callback callback : callbacks) {
				this.client.post()
					.uri(callback.url())
					.contentType(MediaType.APPLICATION_JSON)
					.body(callback.arguments())
					.retrieve()
					.toBodilessEntity();
			}
			return List.of();
		}

	}

}
