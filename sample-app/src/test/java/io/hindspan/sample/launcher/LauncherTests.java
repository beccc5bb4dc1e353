package io.hindspan.sample.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class LauncherTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	@Test
	void handsItsOwnArgumentsOver() {
		Launcher launcher = launcher("--spring.datasource.url=jdbc:postgresql://db/tasks", "--debug");
		assertThat(launcher.handedOver(Map.of())).containsExactly("--spring.datasource.url=jdbc:postgresql://db/tasks",
				"--debug");
	}

	@Test
	void handsOverWhatItStarted() {
		Launcher launcher = launcher("--debug");
		assertThat(launcher.handedOver(Map.of("spring.data.redis.port", "6400"))).containsExactly("--debug",
				"--spring.data.redis.port=6400");
	}

	@ParameterizedTest
	@CsvSource({ "POSTGRESQL, spring.datasource.url", "REDIS, spring.data.redis.host", "REDIS, spring.data.redis.url",
			"REDIS, spring.data.redis.port", "KAFKA, spring.kafka.bootstrap-servers",
			"KAFKA, spring.kafka.bootstrap-servers[0]", "AMQP, spring.rabbitmq.host", "AMQP, spring.rabbitmq.port",
			"AMQP, spring.rabbitmq.addresses", "AMQP, spring.rabbitmq.addresses[0]" })
	void serverIsReplacedByBootsProperty(Server server, String property) {
		assertThat(server.isReplaced(this.environment)).isFalse();
		this.environment.setProperty(property, "given");
		assertThat(server.isReplaced(this.environment)).isTrue();
		for (Server other : Server.values()) {
			assertThat(other.isReplaced(this.environment)).isEqualTo(other == server);
		}
	}

	@Test
	void tracesAreReceivedHereByDefault() throws Exception {
		try (Launcher launcher = launcher()) {
			assertThat(launcher.tracing()).containsOnlyKeys("management.opentelemetry.tracing.export.otlp.endpoint",
					"management.opentelemetry.tracing.export.schedule-delay");
		}
	}

	@Test
	void rolesPrintTheirPartsWhenTracesAreSentElsewhere() throws Exception {
		this.environment.setProperty("management.opentelemetry.tracing.export.otlp.endpoint", "http://tempo:4317");
		try (Launcher launcher = launcher()) {
			assertThat(launcher.tracing()).containsOnly(Map.entry("hindspan.export.console.enabled", "true"));
		}
	}

	@Test
	void otherRolesSendTheirSpansToTheExplorerOfTheApi() throws Exception {
		this.environment.setProperty("hindspan.environment", "development");
		this.environment.setProperty("sample.api.port", "18080");
		try (Launcher launcher = launcher()) {
			assertThat(launcher.explorer(Role.API)).isEmpty();
			assertThat(launcher.explorer(Role.WORKER)).isEqualTo(launcher.explorer(Role.NOTIFIER))
				.containsEntry("hindspan.explorer.enabled", "false")
				.containsEntry("hindspan.export.targets.explorer.endpoint",
						"http://localhost:18080/hindspan/v1/traces");
		}
	}

	@ParameterizedTest
	@CsvSource({ "hindspan.environment, production", "hindspan.explorer.enabled, false", "hindspan.enabled, false",
			"management.tracing.export.enabled, false" })
	void nothingIsSentToAnExplorerThatIsOff(String property, String value) throws Exception {
		this.environment.setProperty("hindspan.environment", "development");
		this.environment.setProperty(property, value);
		try (Launcher launcher = launcher()) {
			assertThat(launcher.explorer(Role.WORKER)).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "management.tracing.export.enabled", "management.tracing.export.otlp.enabled" })
	void nothingIsReceivedWhenNothingIsExported(String property) throws Exception {
		this.environment.setProperty(property, "false");
		try (Launcher launcher = launcher()) {
			assertThat(launcher.tracing()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(Role.class)
	void takenPortIsReportedBeforeAnythingStarts(Role role) throws Exception {
		try (ServerSocket taken = new ServerSocket(0); Launcher launcher = launcher()) {
			for (Role other : Role.values()) {
				this.environment.setProperty(other.portProperty(), String.valueOf(freePort()));
			}
			this.environment.setProperty(role.portProperty(), String.valueOf(taken.getLocalPort()));
			assertThat(launcher.run()).isEqualTo(1);
			assertThat(this.output.toString(StandardCharsets.UTF_8)).contains(String.valueOf(taken.getLocalPort()),
					"--" + role.portProperty() + "=");
		}
	}

	private Launcher launcher(String... arguments) {
		return new Launcher(this.environment, arguments, new PrintStream(this.output, true, StandardCharsets.UTF_8));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
