package io.hindspan.sample.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import io.hindspan.sample.SampleApplication;

/** A role in a process of its own. */
class RoleProcess implements AutoCloseable {

	static final String HEAP = "256m";

	private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

	private static final Duration TIME_TO_STOP = Duration.ofSeconds(10);

	private static final int OUT_OF_MEMORY = 3;

	private static final int KILLED = 128;

	private static final String JAR_LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

	/** Asks not to be traced: whether a role is up is nothing that anybody looks for. */
	private static final String UNSAMPLED = "00-00000000000000000000000000000001-0000000000000001-00";

	private final Role role;

	private final int port;

	private final Process process;

	private RoleProcess(Role role, int port, Process process) {
		this.role = role;
		this.port = port;
		this.process = process;
	}

	static RoleProcess start(Role role, int port, List<Long> serverProcessIds, List<String> arguments,
			PrintStream out) {
		ProcessBuilder builder = new ProcessBuilder(command(role, serverProcessIds, arguments))
			.redirectErrorStream(true);
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		try {
			RoleProcess started = new RoleProcess(role, port, builder.start());
			started.forwardOutput(out);
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<String> command(Role role, List<Long> serverProcessIds, List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx" + HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
				"-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8"));
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("-D"))
			.forEach(command::add);
		command.add("-D" + LauncherWatch.SERVERS_PROPERTY + "="
				+ StringUtils.collectionToCommaDelimitedString(serverProcessIds));
		command.add(ClassUtils.isPresent(JAR_LAUNCHER, ClassLoader.getSystemClassLoader()) ? JAR_LAUNCHER
				: SampleApplication.class.getName());
		command.add(role.label());
		command.addAll(arguments);
		return command;
	}

	private void forwardOutput(PrintStream out) {
		String prefix = String.format("%-8s | ", this.role.label());
		Thread thread = new Thread(() -> {
			try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
				reader.lines().forEach((line) -> out.println(prefix + line));
			}
			catch (IOException | UncheckedIOException ex) {
				// The process has ended
			}
		}, "output-" + this.role.label());
		thread.setDaemon(true);
		thread.start();
	}

	Role role() {
		return this.role;
	}

	String url() {
		return "http://localhost:" + this.port;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Waits until the role takes requests.
	 * @return whether it does; if not, it is given up or has not become ready in time
	 */
	boolean awaitReady(HttpClient http, Duration timeout, BooleanSupplier givenUp) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
			.header("traceparent", UNSAMPLED)
			.timeout(Duration.ofSeconds(5))
			.build();
		long deadline = System.nanoTime() + timeout.toNanos();
		while (System.nanoTime() - deadline < 0) {
			try {
				if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
					return true;
				}
			}
			catch (IOException ex) {
				// Not yet
			}
			this.process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
			if (givenUp.getAsBoolean()) {
				return false;
			}
		}
		return false;
	}

	void whenEnded(Runnable action) {
		this.process.onExit().thenRun(action);
	}

	String describeEnd() {
		int code = this.process.exitValue();
		if (code == OUT_OF_MEMORY) {
			return "%s ran out of memory: its heap is bounded to %s".formatted(this.role.label(), HEAP);
		}
		if (code > KILLED) {
			return "%s was killed by signal %d".formatted(this.role.label(), code - KILLED);
		}
		return "%s ended with exit code %d, for the reason in its output above".formatted(this.role.label(), code);
	}

	void requestStop() {
		this.process.destroy();
	}

	@Override
	public void close() throws InterruptedException {
		requestStop();
		if (!this.process.waitFor(TIME_TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
