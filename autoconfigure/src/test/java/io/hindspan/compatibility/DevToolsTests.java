package io.hindspan.compatibility;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that Spring Boot's devtools restart in its JVM. The build
 * copies them, so that they are on the class path of this test alone.
 */
class DevToolsTests {

	private static final Path DEVTOOLS = Path.of("target", "devtools");

	@TempDir
	private Path directory;

	/**
	 * Libraries stay when the application restarts, unless they are directories, as in an
	 * editor that has their sources.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "exclude", "include" })
	void restartedApplicationIsTraced(String libraries) throws Exception {
		Path classes = Files.createDirectory(this.directory.resolve("classes"));
		Files.writeString(Files.createDirectory(classes.resolve("META-INF")).resolve("spring-devtools.properties"),
				"restart." + libraries + ".hindspan=.*/target/classes/");
		try (OtlpReceiver receiver = OtlpReceiver.start();
				TasksProcess tasks = new TasksProcess(this.directory, receiver, List.of(classes, devTools()),
						"-Dspring.devtools.restart.poll-interval=200ms",
						"-Dspring.devtools.restart.quiet-period=100ms")) {
			int before = tasks.awaitPort(0);
			isTraced(tasks, before, receiver);
			Files.writeString(classes.resolve("changed.txt"), "changed");
			int after = tasks.awaitPort(before);
			isTraced(tasks, after, receiver);
			assertThat(tasks.log()).contains("restartedMain");
		}
	}

	private static void isTraced(TasksProcess tasks, int port, OtlpReceiver receiver) throws Exception {
		HttpResponse<String> response = tasks.get(port, "/tasks/17");
		assertThat(response.statusCode()).as(tasks::log).isEqualTo(200);
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		// The request, its observed method three times, and two calls with both their
		// ends
		receiver.awaitTrace(traceId, (trace) -> {
			assertThat(trace.spans("GET /tasks/{id}")).hasSize(1);
			assertThat(trace.spans("GET /echo/{id}")).hasSize(4);
			assertThat(trace.spans("work")).hasSize(2);
			assertThat(trace.spans("SELECT")).hasSize(1);
		});
	}

	private static Path devTools() throws Exception {
		try (Stream<Path> files = Files.list(DEVTOOLS)) {
			return files.toList().get(0).toAbsolutePath();
		}
	}

}
