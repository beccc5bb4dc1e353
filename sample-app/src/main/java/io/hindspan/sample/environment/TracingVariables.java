package io.hindspan.sample.environment;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.PropertyResolver;
import org.springframework.util.StringUtils;

/** Translates environment variables to properties of Spring Boot and Hindspan. */
class TracingVariables {

	static final String OTLP = "management.opentelemetry.tracing.export.otlp";

	private static final String OTLP_PATH = "/v1/traces";

	static final String ZIPKIN = "hindspan.export.targets.zipkin";

	private static final String ZIPKIN_DEFAULT = "http://localhost:9411/api/v2/spans";

	private static final int HTTP_PORT = 4318;

	private static final int GRPC_PORT = 4317;

	/** Thrift, the agent's protocol, and the collector's ports before OTLP. */
	private static final Set<Integer> FORMER_JAEGER_PORTS = Set.of(5775, 6831, 6832, 14250, 14268);

	private final PropertyResolver variables;

	private final Consumer<String> warnings;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	TracingVariables(PropertyResolver variables, Consumer<String> warnings) {
		this.variables = variables;
		this.warnings = warnings;
	}

	Map<String, Object> toProperties() {
		if (variable("ENVIRONMENT") != null) {
			// Left empty, it is the variable that Hindspan asks
			this.properties.put("hindspan.environment", "");
		}
		String version = variable("SERVICE_VERSION");
		if (version != null) {
			this.properties.put("management.opentelemetry.resource-attributes.service.version", version);
		}
		if (Boolean.FALSE.equals(flag("TRACING_ENABLED"))) {
			this.properties.put("hindspan.enabled", "false");
			this.properties.put("management.tracing.export.enabled", "false");
			return this.properties;
		}
		exporters();
		Boolean console = flag("TRACING_CONSOLE");
		if (console != null) {
			console(console);
		}
		return this.properties;
	}

	private void exporters() {
		String exporters = variable("TRACING_EXPORTER");
		String endpoint = variable("OTLP_ENDPOINT");
		if (exporters == null) {
			if (endpoint != null) {
				otlp(endpoint);
			}
			return;
		}
		this.properties.put("management.tracing.export.otlp.enabled", "false");
		for (String exporter : StringUtils.commaDelimitedListToSet(exporters)) {
			switch (exporter.trim().toLowerCase(Locale.ROOT)) {
				case "otlp" -> otlp(endpoint);
				case "jaeger" -> jaeger();
				case "zipkin" -> zipkin();
				case "console" -> console(true);
				case "none" -> {
				}
				default -> throw new InvalidConfigurationPropertyValueException("TRACING_EXPORTER", exporter,
						"Set it to otlp, jaeger, zipkin, console or none, or to several of them with commas between them.");
			}
		}
	}

	private void otlp(@Nullable String endpoint) {
		this.properties.put("management.tracing.export.otlp.enabled", "true");
		if (endpoint != null) {
			endpoint("OTLP_ENDPOINT", endpoint);
		}
		else if (!this.variables.containsProperty(OTLP + ".endpoint")) {
			endpoint("OTLP_ENDPOINT", "http://localhost:" + HTTP_PORT);
		}
	}

	private void jaeger() {
		String host = variable("JAEGER_HOST");
		String port = variable("JAEGER_PORT");
		this.properties.put("management.tracing.export.otlp.enabled", "true");
		endpoint("JAEGER_HOST", "http://" + ((host != null) ? host : "localhost") + ":" + jaegerPort(port));
	}

	private void zipkin() {
		String endpoint = variable("ZIPKIN_ENDPOINT");
		this.properties.put(ZIPKIN + ".type", "zipkin");
		this.properties.put(ZIPKIN + ".endpoint",
				(endpoint != null) ? uri("ZIPKIN_ENDPOINT", endpoint, ZIPKIN_DEFAULT).toString() : ZIPKIN_DEFAULT);
	}

	private int jaegerPort(@Nullable String port) {
		if (port == null) {
			return HTTP_PORT;
		}
		int number = number("JAEGER_PORT", port);
		if (!FORMER_JAEGER_PORTS.contains(number)) {
			return number;
		}
		this.warnings
			.accept("JAEGER_PORT=" + number + " is ignored: Jaeger has no agent any more and takes OTLP, on port "
					+ HTTP_PORT + ", which is used instead. Unset JAEGER_PORT.");
		return HTTP_PORT;
	}

	private void endpoint(String variable, String value) {
		URI uri = uri(variable, value.contains("://") ? value : "http://" + value, "http://tempo:4317");
		boolean grpc = uri.getPort() == GRPC_PORT;
		boolean complete = grpc || StringUtils.hasText(uri.getPath()) && !"/".equals(uri.getPath());
		this.properties.put(OTLP + ".transport", grpc ? "grpc" : "http");
		this.properties.put(OTLP + ".endpoint", complete ? uri.toString() : uri.resolve(OTLP_PATH).toString());
	}

	private URI uri(String variable, String value, String example) {
		try {
			URI uri = URI.create(value);
			if (uri.getHost() != null) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			// Said below
		}
		throw new InvalidConfigurationPropertyValueException(variable, value,
				"Set it to the URL of a receiver, such as " + example + ".");
	}

	private void console(boolean on) {
		this.properties.put("hindspan.export.console.enabled", String.valueOf(on));
	}

	private @Nullable Boolean flag(String name) {
		String value = variable(name);
		if (value == null) {
			return null;
		}
		return switch (value.toLowerCase(Locale.ROOT)) {
			case "true", "1", "yes", "on" -> true;
			case "false", "0", "no", "off" -> false;
			default -> throw new InvalidConfigurationPropertyValueException(name, value, "Set it to true or false.");
		};
	}

	private int number(String name, String value) {
		try {
			return Integer.parseInt(value);
		}
		catch (NumberFormatException ex) {
			throw new InvalidConfigurationPropertyValueException(name, value, "Set it to the number of a port.");
		}
	}

	private @Nullable String variable(String name) {
		String value = this.variables.getProperty(name);
		return StringUtils.hasText(value) ? value.trim() : null;
	}

}
