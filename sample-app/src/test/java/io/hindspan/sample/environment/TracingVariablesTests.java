package io.hindspan.sample.environment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TracingVariablesTests {

	private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

	private static final String TRANSPORT = "management.opentelemetry.tracing.export.otlp.transport";

	private static final String OTLP_ENABLED = "management.tracing.export.otlp.enabled";

	private static final String CONSOLE = "hindspan.export.console.enabled";

	private final List<String> warnings = new ArrayList<>();

	@Test
	void noVariableMapsToNothing() {
		assertThat(properties()).isEmpty();
	}

	@Test
	void emptyVariableMapsToNothing() {
		assertThat(properties("TRACING_EXPORTER", "", "TRACING_ENABLED", " ", "OTLP_ENDPOINT", "")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "FALSE", "0", "no", "off" })
	void tracingCanBeDisabled(String value) {
		assertThat(properties("TRACING_ENABLED", value, "TRACING_EXPORTER", "jaeger")).containsOnly(
				Map.entry("hindspan.enabled", "false"), Map.entry("management.tracing.export.enabled", "false"));
	}

	@Test
	void tracingIsEnabledByDefault() {
		assertThat(properties("TRACING_ENABLED", "true")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "http://tempo:4317, grpc, http://tempo:4317", "tempo:4317, grpc, http://tempo:4317",
			"https://tempo:4317, grpc, https://tempo:4317", "http://tempo:4318, http, http://tempo:4318/v1/traces",
			"http://tempo:4318/, http, http://tempo:4318/v1/traces",
			"http://tempo:4318/v1/traces, http, http://tempo:4318/v1/traces",
			"https://traces.example.com, http, https://traces.example.com/v1/traces",
			"https://example.com/otlp/v1/traces, http, https://example.com/otlp/v1/traces" })
	void otlpEndpointChoosesTheTransport(String endpoint, String transport, String url) {
		assertThat(properties("OTLP_ENDPOINT", endpoint)).containsOnly(Map.entry(OTLP_ENABLED, "true"),
				Map.entry(ENDPOINT, url), Map.entry(TRANSPORT, transport));
	}

	@Test
	void otlpWithoutAnEndpointGoesToTheSpecificationsPort() {
		assertThat(properties("TRACING_EXPORTER", "otlp")).containsOnly(Map.entry(OTLP_ENABLED, "true"),
				Map.entry(ENDPOINT, "http://localhost:4318/v1/traces"), Map.entry(TRANSPORT, "http"));
	}

	@Test
	void otlpKeepsTheEndpointOfTheApplication() {
		assertThat(properties("TRACING_EXPORTER", "otlp", ENDPOINT, "http://collector:4318/v1/traces"))
			.containsOnly(Map.entry(OTLP_ENABLED, "true"));
	}

	@Test
	void jaegerIsOtlpToItsHost() {
		assertThat(properties("TRACING_EXPORTER", "jaeger", "JAEGER_HOST", "jaeger")).containsOnly(
				Map.entry(OTLP_ENABLED, "true"), Map.entry(ENDPOINT, "http://jaeger:4318/v1/traces"),
				Map.entry(TRANSPORT, "http"));
		assertThat(this.warnings).isEmpty();
	}

	@Test
	void jaegersPortOfTheAgentIsReplacedWithAWord() {
		assertThat(properties("TRACING_EXPORTER", "jaeger", "JAEGER_HOST", "jaeger", "JAEGER_PORT", "6831"))
			.containsEntry(ENDPOINT, "http://jaeger:4318/v1/traces");
		assertThat(this.warnings).singleElement().asString().contains("JAEGER_PORT=6831", "OTLP", "4318");
	}

	@Test
	void jaegersPortCanBeChosen() {
		assertThat(properties("TRACING_EXPORTER", "jaeger", "JAEGER_PORT", "4317"))
			.containsEntry(ENDPOINT, "http://localhost:4317")
			.containsEntry(TRANSPORT, "grpc");
	}

	@Test
	void zipkinIsATargetBesideOthers() {
		assertThat(properties("TRACING_EXPORTER", "otlp,zipkin", "ZIPKIN_ENDPOINT", "http://zipkin:9411/api/v2/spans"))
			.containsEntry(OTLP_ENABLED, "true")
			.containsEntry("hindspan.export.targets.zipkin.type", "zipkin")
			.containsEntry("hindspan.export.targets.zipkin.endpoint", "http://zipkin:9411/api/v2/spans");
		assertThat(properties("TRACING_EXPORTER", "zipkin")).containsEntry(OTLP_ENABLED, "false")
			.containsEntry("hindspan.export.targets.zipkin.endpoint", "http://localhost:9411/api/v2/spans");
	}

	@Test
	void consoleReplacesOtlp() {
		assertThat(properties("TRACING_EXPORTER", "console", "OTLP_ENDPOINT", "http://tempo:4317"))
			.containsOnly(Map.entry(OTLP_ENABLED, "false"), Map.entry(CONSOLE, "true"));
	}

	@Test
	void noneExportsNothing() {
		assertThat(properties("TRACING_EXPORTER", "none", "OTLP_ENDPOINT", "http://tempo:4317"))
			.containsOnly(Map.entry(OTLP_ENABLED, "false"));
	}

	@Test
	void severalExportersCanBeNamed() {
		assertThat(properties("TRACING_EXPORTER", "otlp, console", "OTLP_ENDPOINT", "http://tempo:4317")).containsOnly(
				Map.entry(OTLP_ENABLED, "true"), Map.entry(CONSOLE, "true"), Map.entry(TRANSPORT, "grpc"),
				Map.entry(ENDPOINT, "http://tempo:4317"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void consoleCanBeAdded(boolean console) {
		assertThat(properties("TRACING_CONSOLE", String.valueOf(console)))
			.containsOnly(Map.entry(CONSOLE, String.valueOf(console)));
	}

	@Test
	void versionBecomesAResourceAttribute() {
		assertThat(properties("SERVICE_VERSION", "1.2.3"))
			.containsOnly(Map.entry("management.opentelemetry.resource-attributes.service.version", "1.2.3"));
	}

	@Test
	void environmentTakesTheWordFromTheFile() {
		assertThat(properties("ENVIRONMENT", "production")).containsOnly(Map.entry("hindspan.environment", ""));
	}

	@ParameterizedTest
	@CsvSource({ "TRACING_EXPORTER, zipkin2, 'otlp, jaeger, zipkin, console or none'",
			"TRACING_ENABLED, maybe, true or false", "TRACING_CONSOLE, 2, true or false",
			"OTLP_ENDPOINT, http://, URL" })
	void wrongValueIsNamedWithItsRemedy(String variable, String value, String remedy) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> properties(variable, value))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo(variable))
			.satisfies((ex) -> assertThat(ex.getReason()).contains(remedy));
	}

	@Test
	void wrongPortIsNamedWithItsRemedy() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> properties("TRACING_EXPORTER", "jaeger", "JAEGER_PORT", "default"))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("JAEGER_PORT"));
	}

	private Map<String, Object> properties(String... variables) {
		MockEnvironment environment = new MockEnvironment();
		for (int i = 0; i < variables.length; i += 2) {
			environment.setProperty(variables[i], variables[i + 1]);
		}
		return new HashMap<>(new TracingVariables(environment, this.warnings::add).toProperties());
	}

}
