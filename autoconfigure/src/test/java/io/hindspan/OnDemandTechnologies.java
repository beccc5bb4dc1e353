package io.hindspan;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Keeps Spring Boot from configuring, in every test, what is on the class path for the
 * tests of one folder and would connect to a server, start one, or take the place of
 * something else. The tests of that folder ask for it with
 * {@code hindspan.test.technologies}.
 */
public class OnDemandTechnologies implements AutoConfigurationImportFilter, EnvironmentAware {

	/** The property with the technologies that a test wants, separated by commas. */
	public static final String PROPERTY = "hindspan.test.technologies";

	private static final List<String> ALL = List.of("cloud", "cloud.gateway", "cloud.openfeign", "graphql",
			"grpc.client", "grpc.server", "integration", "modulith", "mongodb", "neo4j", "r2dbc", "validation");

	private Set<String> wanted = Set.of();

	@Override
	public void setEnvironment(Environment environment) {
		this.wanted = Set.of(environment.getProperty(PROPERTY, String[].class, new String[0]));
	}

	@Override
	public boolean[] match(String[] candidates, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[candidates.length];
		for (int i = 0; i < candidates.length; i++) {
			matches[i] = candidates[i] == null || !isLeftOut(candidates[i]);
		}
		return matches;
	}

	private boolean isLeftOut(String candidate) {
		return ALL.stream()
			.filter((technology) -> !this.wanted.contains(technology))
			.flatMap((technology) -> Stream.of("org.springframework.boot." + technology + '.',
					"org.springframework.boot.data." + technology + '.', "org.springframework." + technology + '.'))
			.anyMatch(candidate::startsWith);
	}

}
