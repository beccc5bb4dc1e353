package io.hindspan.compatibility;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application in a JVM of its own.
 */
final class TasksProcess implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(120);

	private final HttpClient client = HttpClient.newHttpClient();

	private final Path directory;

	private final Process process;

	/**
	 * Starts the application.
	 * @param directory where its output and its port are written
	 * @param classPath what comes before the class path of the tests
	 * @param options the options of the JVM
	 */
	TasksProcess(Path directory, OtlpReceiver receiver, List<Path> classPath, String... options) throws IOException {
		this.directory = directory;
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-D" + TasksMain.PORT_FILE + "=" + portFile()));
		command.addAll(List.of(options));
		command.add("-cp");
		command.add(Stream.concat(classPath.stream(), SeparateClassPath.entries())
			.map(Path::toString)
			.collect(Collectors.joining(File.pathSeparator)));
		command.add(TasksMain.class.getName());
		command.addAll(arguments(receiver));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output().toFile()).start();
	}

	/**
	 * The arguments of the application, in this JVM or in another.
	 */
	static List<String> arguments(OtlpReceiver receiver) {
		return List.of(LifecycleTests.EXCLUDED, "--server.port=0", "--spring.main.banner-mode=off",
				"--spring.application.name=tasks", "--hindspan.environment=development",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint());
	}

	/**
	 * Waits for the application, and each time again after it has started anew.
	 * @param before the port that it had before, or 0
	 * @return the port
	 */
	int awaitPort(int before) {
		Awaitility.await("port").atMost(BOUND).untilAsserted(() -> {
			assertThat(this.process.isAlive()).as(this::log).isTrue();
			assertThat(port()).as(this::log).isNotIn(0, before);
		});
		return port();
	}

	private int port() {
		try {
			String port = Files.exists(portFile()) ? Files.readString(portFile()).trim() : "";
			return port.isEmpty() ? 0 : Integer.parseInt(port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	String log() {
		try {
			return Files.readString(output());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path portFile() {
		return this.directory.resolve("port");
	}

	private Path output() {
		return this.directory.resolve("output.log");
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
			this.process.destroyForcibly().waitFor();
		}
	}

}
