package io.hindspan.sample.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The launcher with its real processes and servers. */
class LauncherIntegrationTests {

	private static final Duration TIME_TO_START = Duration.ofMinutes(3);

	private static final Duration TIME_TO_STOP = Duration.ofSeconds(30);

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final MockEnvironment environment = new MockEnvironment();

	private Launcher launcher;

	private CompletableFuture<Integer> exitCode;

	@BeforeEach
	void start() throws IOException {
		// As in application.yml
		this.environment.setProperty("hindspan.environment", "development");
		String[] arguments = new String[Role.values().length];
		for (Role role : Role.values()) {
			int port = freePort();
			this.environment.setProperty(role.portProperty(), String.valueOf(port));
			arguments[role.ordinal()] = "--" + role.portProperty() + "=" + port;
		}
		this.launcher = new Launcher(this.environment, arguments,
				new PrintStream(this.output, true, StandardCharsets.UTF_8));
		this.exitCode = CompletableFuture.supplyAsync(this::run);
		await().atMost(TIME_TO_START).until(() -> this.exitCode.isDone() || output().contains("Ctrl-C"));
		assertThat(this.exitCode).as(this::output).isNotDone();
	}

	@AfterEach
	void stop() {
		this.launcher.close();
	}

	@Test
	void printsOneTreeForARequestAndStopsEverything() throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + Role.API.port(this.environment) + "/api/v1/tasks"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"projectId\": 1, \"title\": \"Write the report\"}"))
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(this::output).isEqualTo(201);
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		await().atMost(TIME_TO_STOP).untilAsserted(() -> assertThat(output()).contains("Trace " + traceId));
		String tree = output().substring(output().indexOf("Trace " + traceId));
		assertThat(tree).contains("\nPOST /api/v1/tasks ", "tasks.created process", "tasks.audit process",
				"[taskmanager-api]", "[taskmanager-worker]", "[taskmanager-notifier]");
		await().atMost(TIME_TO_STOP)
			.untilAsserted(() -> assertThat(explored(traceId)).contains("\"taskmanager-api\"", "\"taskmanager-worker\"",
					"\"taskmanager-notifier\"", "tasks.indexed process"));
		assertThat(output()).contains("See all traces at " + Role.API.url(this.environment) + "/hindspan");
		List<ProcessHandle> roles = roles().toList();
		assertThat(roles).hasSize(Role.values().length);
		this.launcher.close();
		assertThat(roles).noneMatch(ProcessHandle::isAlive);
		assertThat(this.exitCode).succeedsWithin(TIME_TO_STOP).isEqualTo(0);
	}

	@Test
	void saysWhichRoleEndedAndWhy() {
		roles().filter((process) -> process.info().arguments().stream().flatMap(Stream::of).anyMatch("worker"::equals))
			.forEach(ProcessHandle::destroyForcibly);
		assertThat(this.exitCode).succeedsWithin(TIME_TO_STOP).isEqualTo(1);
		assertThat(output()).contains("worker was killed by signal 9");
	}

	/** What the explorer in the API knows of a trace. */
	private String explored(String traceId) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create(Role.API.url(this.environment) + "/hindspan/api/traces/" + traceId))
			.build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	private Stream<ProcessHandle> roles() {
		return ProcessHandle.current()
			.children()
			.filter((process) -> process.info()
				.arguments()
				.stream()
				.flatMap(Stream::of)
				.anyMatch((argument) -> argument.startsWith("-D" + LauncherWatch.SERVERS_PROPERTY)));
	}

	private int run() {
		try {
			return this.launcher.run();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String output() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
