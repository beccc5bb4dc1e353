package io.hindspan.sample.environment;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class TracingVariablesEnvironmentPostProcessorTests {

	private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

	private static final String PROBABILITY = "management.tracing.sampling.probability";

	@Test
	void variableBeatsTheFile() {
		try (ConfigurableApplicationContext context = run(Map.of("ENVIRONMENT", "production"))) {
			assertThat(context.getEnvironment().getProperty("hindspan.environment")).isEmpty();
			assertThat(context.getEnvironment().getProperty(PROBABILITY)).isEqualTo("0.1");
		}
	}

	@Test
	void fileHoldsWithoutTheVariable() {
		try (ConfigurableApplicationContext context = run(Map.of())) {
			assertThat(context.getEnvironment().getProperty("hindspan.environment")).isEqualTo("development");
			assertThat(context.getEnvironment().getProperty(PROBABILITY)).isEqualTo("1.0");
		}
	}

	@Test
	void argumentBeatsTheVariable() {
		try (ConfigurableApplicationContext context = run(Map.of("OTLP_ENDPOINT", "http://tempo:4318"),
				"--" + ENDPOINT + "=http://mine:4318/v1/traces")) {
			assertThat(context.getEnvironment().getProperty(ENDPOINT)).isEqualTo("http://mine:4318/v1/traces");
		}
	}

	@Test
	void wrongValueIsReported(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(Map.of("TRACING_EXPORTER", "thrift")));
		assertThat(output).contains("Invalid value 'thrift' for configuration property 'TRACING_EXPORTER'",
				"Set it to otlp, jaeger, zipkin, console or none");
	}

	private ConfigurableApplicationContext run(Map<String, Object> variables, String... arguments) {
		StandardEnvironment environment = new StandardEnvironment();
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
		SpringApplication application = new SpringApplicationBuilder(Empty.class).web(WebApplicationType.NONE)
			.environment(environment)
			.build();
		return application.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
