package io.hindspan.sample.launcher;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.hindspan.sample.SampleApplication;

import static org.assertj.core.api.Assertions.assertThat;

class RoleProcessTests {

	@ParameterizedTest
	@EnumSource(Role.class)
	void startsTheRoleWithBoundedHeap(Role role) {
		List<String> command = RoleProcess.command(role, List.of(1L, 2L), List.of("--spring.data.redis.port=6400"));
		assertThat(command).contains("-Xmx256m", "-Dsample.launcher.servers=1,2");
		assertThat(command).endsWith(SampleApplication.class.getName(), role.label(), "--spring.data.redis.port=6400");
		assertThat(Role.of(role.label())).isSameAs(role);
	}

	@Test
	void handsSystemPropertiesOver() {
		// Given by the build
		assertThat(RoleProcess.command(Role.API, List.of(), List.of()))
			.anySatisfy((argument) -> assertThat(argument).startsWith("-D"));
	}

	@Test
	void otherWordIsNoRole() {
		assertThat(Role.of("--spring.datasource.url=x")).isNull();
	}

}
