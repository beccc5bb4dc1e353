package io.hindspan.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeploymentEnvironment}.
 */
class DeploymentEnvironmentTests {

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@CsvSource({ "development, DEVELOPMENT", "Dev, DEVELOPMENT", "staging, STAGING", "production, PRODUCTION",
			"PROD, PRODUCTION", "qa-7, PRODUCTION" })
	void variableDecidesWhereThePropertyIsNotSet(String variable, DeploymentEnvironment expected) {
		this.environment.setProperty("ENVIRONMENT", variable);
		assertThat(DeploymentEnvironment.of(this.environment)).isEqualTo(expected);
	}

	@Test
	void propertyGoesBeforeVariableAndProfile() {
		this.environment.setProperty("ENVIRONMENT", "production");
		this.environment.setActiveProfiles("dev");
		this.environment.setProperty("hindspan.environment", "staging");
		assertThat(DeploymentEnvironment.of(this.environment)).isEqualTo(DeploymentEnvironment.STAGING);
	}

	@Test
	void profileDecidesWhereNothingElseIsSaid() {
		this.environment.setActiveProfiles("postgres", "local");
		assertThat(DeploymentEnvironment.of(this.environment)).isEqualTo(DeploymentEnvironment.DEVELOPMENT);
	}

	@Test
	void productionIsAssumed() {
		assertThat(DeploymentEnvironment.of(this.environment)).isEqualTo(DeploymentEnvironment.PRODUCTION);
		assertThat(DeploymentEnvironment.nameOf(this.environment)).isEqualTo("production");
	}

	@Test
	void unknownNameIsKept() {
		this.environment.setProperty("ENVIRONMENT", "qa-7");
		assertThat(DeploymentEnvironment.nameOf(this.environment)).isEqualTo("qa-7");
	}

	@Test
	void aliasHasTheNameOfItsEnvironment() {
		this.environment.setProperty("ENVIRONMENT", "prod");
		assertThat(DeploymentEnvironment.nameOf(this.environment)).isEqualTo("production");
	}

}
