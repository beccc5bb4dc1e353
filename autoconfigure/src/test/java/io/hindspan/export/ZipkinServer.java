package io.hindspan.export;

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
import java.util.concurrent.TimeUnit;

import org.springframework.util.Assert;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/**
 * Zipkin's server in a process of its own, with its store in memory. The profile
 * {@code zipkin} brings it.
 */
final class ZipkinServer implements AutoCloseable {

	/** The system property with the path of the server's file. */
	static final String PROPERTY = "hindspan.test.zipkin";

	private static final Duration START = Duration.ofMinutes(2);

	private final HttpClient client = HttpClient.newHttpClient();

	private final Process process;

	private final int port;

	private ZipkinServer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static ZipkinServer start() {
		try {
			int port = MisbehavingServer.freePort();
			Path output = Files.createTempFile("zipkin", ".log");
			output.toFile().deleteOnExit();
			Process process = new ProcessBuilder(
					System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-Xmx256m",
					"-XX:TieredStopAtLevel=1", "-Darmeria.ports[0].ip=127.0.0.1", "-Darmeria.ports[0].port=" + port,
					"-Darmeria.ports[0].protocols[0]=http", "-jar", System.getProperty(PROPERTY))
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			ZipkinServer server = new ZipkinServer(process, port);
			try {
				await().atMost(START).until(() -> server.isHealthy(output));
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

	private boolean isHealthy(Path output) throws IOException {
		String told = Files.readString(output);
		Assert.state(this.process.isAlive(), () -> "Zipkin has not started: " + told);
		try {
			return get("/health").path("status").asString("").equals("UP");
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/**
	 * Where spans are sent to.
	 */
	String endpoint() {
		return "http://127.0.0.1:" + this.port + "/api/v2/spans";
	}

	/**
	 * What the server answers, or nothing if it has found nothing.
	 * @param path the path of its API with its query
	 */
	JsonNode get(String path) {
		URI uri = URI.create("http://127.0.0.1:" + this.port + path);
		try {
			HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri).build(),
					HttpResponse.BodyHandlers.ofString());
			return JsonMapper.shared().readTree((response.statusCode() == 200) ? response.body() : "[]");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
