package io.hindspan.core;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The kind of environment that the application runs in, from which defaults follow. It is
 * what {@code hindspan.environment} says, else the variable {@code ENVIRONMENT}, else a
 * profile that says so, else production.
 */
public enum DeploymentEnvironment {

	/** A developer's machine: every trace is kept. */
	DEVELOPMENT(1.0, "dev", "develop", "local"),

	/** A rehearsal: every second trace is kept. */
	STAGING(0.5, "stage"),

	/** The real thing: every tenth trace is kept. */
	PRODUCTION(0.1, "prod", "live");

	static final String PROPERTY = "hindspan.environment";

	static final String VARIABLE = "ENVIRONMENT";

	private final double samplingProbability;

	private final String[] aliases;

	DeploymentEnvironment(double samplingProbability, String... aliases) {
		this.samplingProbability = samplingProbability;
		this.aliases = aliases;
	}

	/**
	 * The share of traces that are kept unless the application says otherwise.
	 * @return the probability, from 0 to 1
	 */
	public double samplingProbability() {
		return this.samplingProbability;
	}

	/**
	 * The value of {@code deployment.environment.name}.
	 * @return the name in lower case
	 */
	public String attributeValue() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The environment that an application runs in.
	 * @param environment the application's properties and profiles
	 * @return the environment; {@link #PRODUCTION} where nothing known is said
	 */
	public static DeploymentEnvironment of(Environment environment) {
		String said = said(environment);
		if (said != null) {
			DeploymentEnvironment known = named(said);
			return (known != null) ? known : PRODUCTION;
		}
		for (String profile : environment.getActiveProfiles()) {
			DeploymentEnvironment known = named(profile);
			if (known != null) {
				return known;
			}
		}
		return PRODUCTION;
	}

	/**
	 * The environment's name as the application gives it, unknown names included.
	 * @param environment the application's properties and profiles
	 * @return the name for {@code deployment.environment.name}
	 */
	static String nameOf(Environment environment) {
		String said = said(environment);
		if (said != null && named(said) == null) {
			return said;
		}
		return of(environment).attributeValue();
	}

	private static @Nullable String said(Environment environment) {
		String property = environment.getProperty(PROPERTY);
		String said = StringUtils.hasText(property) ? property : environment.getProperty(VARIABLE);
		return StringUtils.hasText(said) ? said.trim() : null;
	}

	private static @Nullable DeploymentEnvironment named(String name) {
		for (DeploymentEnvironment candidate : values()) {
			if (candidate.name().equalsIgnoreCase(name)) {
				return candidate;
			}
			for (String alias : candidate.aliases) {
				if (alias.equalsIgnoreCase(name)) {
					return candidate;
				}
			}
		}
		return null;
	}

}
