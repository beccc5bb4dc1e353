package io.hindspan.core;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Supplies better defaults for properties of Spring Boot, beneath everything that the
 * application says. They join its own default properties, which Spring Boot keeps last
 * even behind sources that are added later, and only where no source has a value yet.
 */
class DefaultPropertiesEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String SAMPLER = "management.opentelemetry.tracing.sampler";

	private static final String PROBABILITY = "management.tracing.sampling.probability";

	/**
	 * After the files with the application's properties, profiles and variables are read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (isOff(environment)) {
			return;
		}
		Map<String, Object> defaults = defaults(environment);
		defaults.keySet().removeIf(environment::containsProperty);
		DefaultPropertiesPropertySource.addOrMerge(defaults, environment.getPropertySources());
	}

	/**
	 * A value that is neither true nor false is left to the condition, whose failure is
	 * reported in full.
	 */
	private boolean isOff(ConfigurableEnvironment environment) {
		return "false".equalsIgnoreCase(environment.getProperty(Switch.HINDSPAN.property(), "true").trim());
	}

	private Map<String, Object> defaults(ConfigurableEnvironment environment) {
		DeploymentEnvironment kind = DeploymentEnvironment.of(environment);
		Map<String, Object> defaults = new LinkedHashMap<>();
		defaults.put("management.observations.annotations.enabled", "true");
		defaults.put("spring.reactor.context-propagation", "auto");
		// Tail sampling hands on all spans of a trace at once
		defaults.put("management.opentelemetry.tracing.export.max-queue-size", "16384");
		if (kind == DeploymentEnvironment.DEVELOPMENT) {
			defaults.put("management.opentelemetry.tracing.export.schedule-delay", "200ms");
		}
		if (!"false".equalsIgnoreCase(environment.getProperty("hindspan.guard.enabled", "true").trim())) {
			// Long enough for a stack trace with its causes; Spring Boot's own is 2^31
			defaults.put("management.opentelemetry.tracing.limits.max-attribute-value-length", "32768");
		}
		// Whoever asks for the explorer outside development asks for what it shows
		if ("true".equalsIgnoreCase(environment.getProperty("hindspan.explorer.enabled", "").trim())) {
			defaults.put("hindspan.store.enabled", "true");
		}
		// A sampler without an argument keeps the meaning that it has in plain Boot
		if (!environment.containsProperty(SAMPLER)) {
			defaults.put(PROBABILITY, String.valueOf(kind.samplingProbability()));
		}
		return defaults;
	}

}
