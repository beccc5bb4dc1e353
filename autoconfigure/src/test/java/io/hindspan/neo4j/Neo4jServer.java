package io.hindspan.neo4j;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.springframework.util.Assert;
import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A server of Neo4j in a process with a class path of its own, since it needs a Netty
 * that is not the application's. The profile {@code neo4j} brings the class path.
 */
final class Neo4jServer implements AutoCloseable {

	/** The system property with the folder that has the class path in a file. */
	static final String PROPERTY = "hindspan.test.neo4j";

	private static final Duration START = Duration.ofMinutes(3);

	private final Path home;

	private final Process process;

	private final int port;

	private Neo4jServer(Path home, Process process, int port) {
		this.home = home;
		this.process = process;
		this.port = port;
	}

	static Neo4jServer start() {
		try {
			Path folder = Path.of(System.getProperty(PROPERTY));
			Path home = Files.createTempDirectory(folder, "home");
			int port = freePort();
			Path conf = Files.createDirectory(home.resolve("conf"));
			Files.write(conf.resolve("neo4j.conf"),
					List.of("server.bolt.listen_address=127.0.0.1:" + port, "server.http.enabled=false",
							"dbms.security.auth_enabled=false", "dbms.usage_report.enabled=false",
							"server.memory.pagecache.size=16m"));
			ProcessBuilder builder = new ProcessBuilder(
					System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-Xmx512m",
					"org.neo4j.server.CommunityEntryPoint", "--console-mode", "--home-dir=" + home,
					"--config-dir=" + conf);
			builder.environment().put("CLASSPATH", Files.readString(folder.resolve("class-path")));
			Path output = home.resolve("output");
			Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
			Neo4jServer server = new Neo4jServer(home, process, port);
			try {
				await().atMost(START).until(() -> server.hasStarted(output));
			}
			catch (RuntimeException ex) {
				server.close();
				throw ex;
			}
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean hasStarted(Path output) throws IOException {
		String told = Files.readString(output);
		Assert.state(this.process.isAlive(), () -> "Neo4j has not started: " + told);
		return told.contains("Started.");
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
			FileSystemUtils.deleteRecursively(this.home);
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
