package io.hindspan.core;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the default properties, in an application that starts as applications do.
 */
class DefaultPropertiesTests {

	private static final String PROBABILITY = "management.tracing.sampling.probability";

	@Test
	void environmentDecidesTheSamplingProbability() {
		assertThat(property(PROBABILITY, "--hindspan.environment=development")).isEqualTo("1.0");
		assertThat(property(PROBABILITY, "--hindspan.environment=staging")).isEqualTo("0.5");
		assertThat(property(PROBABILITY)).isEqualTo("0.1");
		assertThat(property(PROBABILITY, "--ENVIRONMENT=qa-7")).isEqualTo("0.1");
	}

	@Test
	void applicationsOwnProbabilityWins() {
		assertThat(property(PROBABILITY, "--hindspan.environment=development", "--" + PROBABILITY + "=0.25"))
			.isEqualTo("0.25");
	}

	@Test
	void applicationsOwnSamplerLeavesTheProbabilityToSpringBoot() {
		assertThat(property(PROBABILITY, "--hindspan.environment=development",
				"--management.opentelemetry.tracing.sampler=trace-id-ratio"))
			.isNull();
	}

	@Test
	void defaultPropertiesOfTheApplicationWin() {
		SpringApplication application = application();
		application.setDefaultProperties(Map.of("management.observations.annotations.enabled", "false"));
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getEnvironment().getProperty("management.observations.annotations.enabled"))
				.isEqualTo("false");
		}
	}

	@Test
	void annotationsAndReactorAreOnByDefault() {
		assertThat(property("management.observations.annotations.enabled")).isEqualTo("true");
		assertThat(property("spring.reactor.context-propagation")).isEqualTo("auto");
	}

	@Test
	void valuesOfAttributesAreBoundedUnlessTheGuardIsOff() {
		String property = "management.opentelemetry.tracing.limits.max-attribute-value-length";
		assertThat(property(property)).isEqualTo("32768");
		assertThat(property(property, "--" + property + "=100")).isEqualTo("100");
		assertThat(property(property, "--hindspan.guard.enabled=false")).isNull();
	}

	@Test
	void explorerThatIsAskedForHasAStore() {
		assertThat(property("hindspan.store.enabled", "--hindspan.explorer.enabled=true")).isEqualTo("true");
		assertThat(property("hindspan.store.enabled", "--hindspan.explorer.enabled=true",
				"--hindspan.store.enabled=false"))
			.isEqualTo("false");
		assertThat(property("hindspan.store.enabled")).isNull();
	}

	@Test
	void propertySourceOfTheApplicationWins() {
		SpringApplication application = application();
		application.addPrimarySources(List.of(WithPropertySource.class));
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getEnvironment().getProperty("spring.reactor.context-propagation")).isEqualTo("limited");
		}
	}

	@Test
	void nothingIsSuppliedWhenTurnedOff() {
		assertThat(property("management.observations.annotations.enabled", "--hindspan.enabled=false")).isNull();
		assertThat(property(PROBABILITY, "--hindspan.enabled=false")).isNull();
	}

	private String property(String name, String... args) {
		try (ConfigurableApplicationContext context = application().run(args)) {
			return context.getEnvironment().getProperty(name);
		}
	}

	private SpringApplication application() {
		SpringApplication application = new SpringApplication(Empty.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		return application;
	}

	@Configuration(proxyBeanMethods = false)
	@PropertySource("classpath:io/hindspan/core/own.properties")
	static class WithPropertySource {

	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
