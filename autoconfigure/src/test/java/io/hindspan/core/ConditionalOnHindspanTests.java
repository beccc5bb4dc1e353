package io.hindspan.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link ConditionalOnHindspan}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConditionalOnHindspanTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Feature.class);

	@Test
	void matchesByDefault() {
		this.runner.run((context) -> assertThat(context).hasBean("part"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "hindspan.enabled", "hindspan.sample.enabled" })
	void messageNamesTheDecidingProperty(String property) {
		this.runner.withPropertyValues(property + "=false").run((context) -> {
			assertThat(context).doesNotHaveBean("part");
			ConditionEvaluationReport report = ConditionEvaluationReport.get(context.getBeanFactory());
			String messages = report.getConditionAndOutcomesBySource().get(Feature.class.getName()).toString()
					+ report.getConditionAndOutcomesBySource()
						.get(Feature.class.getName())
						.iterator()
						.next()
						.getOutcome()
						.getMessage();
			assertThat(messages).contains(property + " is false");
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			development |       | true  | hindspan.local.enabled is not set and the environment is development
			production  |       | false | hindspan.local.enabled is not set and the environment is production
			staging     |       | false | hindspan.local.enabled is not set and the environment is staging
			production  | true  | true  | hindspan.local.enabled is not false
			development | false | false | hindspan.local.enabled is false
			""")
	void environmentDecidesWhereTheFeatureIsOnInSomeOnly(String environment, String enabled, boolean on,
			String message) {
		new ApplicationContextRunner().withUserConfiguration(Local.class)
			.withPropertyValues("hindspan.environment=" + environment)
			.withPropertyValues(
					(enabled != null) ? new String[] { "hindspan.local.enabled=" + enabled } : new String[0])
			.run((context) -> {
				assertThat(context.containsBean("part")).isEqualTo(on);
				assertThat(ConditionEvaluationReport.get(context.getBeanFactory())
					.getConditionAndOutcomesBySource()
					.get(Local.class.getName())
					.iterator()
					.next()
					.getOutcome()
					.getMessage()).endsWith(message);
			});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "--hindspan.enabled=banana", "--hindspan.web.enabled=banana", "--hindspan.environment=moon" })
	void wrongValueFailsStartUpWithPropertyValueAndRemedy(String argument, CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		application.setRegisterShutdownHook(false);
		assertThatException().isThrownBy(() -> application.run(argument, "--server.port=0"));
		String[] property = argument.substring(2).split("=");
		assertThat(output.toString()).contains("APPLICATION FAILED TO START")
			.contains(property[0])
			.contains(property[1]);
		assertThat(output.toString()).containsAnyOf("Set it to true or false", "DEVELOPMENT");
	}

	@Test
	void knownEnvironmentIsAccepted() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(HindspanAutoConfiguration.class))
			.withPropertyValues("hindspan.environment=staging")
			.run((context) -> assertThat(context.getBean(HindspanProperties.class).environment())
				.isEqualTo(DeploymentEnvironment.STAGING));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnHindspan("sample")
	static class Feature {

		@Bean
		String part() {
			return "part";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnHindspan(value = "local", onByDefaultIn = DeploymentEnvironment.DEVELOPMENT)
	static class Local {

		@Bean
		String part() {
			return "part";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
			"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration" })
	static class Application {

	}

}
