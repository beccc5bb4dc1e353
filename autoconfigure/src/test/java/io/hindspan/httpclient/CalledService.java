package io.hindspan.httpclient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A service that answers with the status that the path ends with, and remembers the
 * headers of the last request.
 */
final class CalledService implements AutoCloseable {

	private final CountDownLatch closed = new CountDownLatch(1);

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile Map<String, List<String>> headers = Map.of();

	private volatile String query = "";

	CalledService() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	private void answer(HttpExchange exchange) throws IOException {
		exchange.getRequestBody().readAllBytes();
		this.headers = Map.copyOf(exchange.getRequestHeaders());
		this.query = String.valueOf(exchange.getRequestURI().getQuery());
		String path = exchange.getRequestURI().getPath();
		if (path.endsWith("/never")) {
			try {
				this.closed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		int slash = path.lastIndexOf("/status/");
		byte[] body = "done".getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "text/plain");
		exchange.sendResponseHeaders((slash >= 0) ? Integer.parseInt(path.substring(slash + 8)) : 200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	String url() {
		return "http://localhost:" + port();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * The values of a header of the last request, each line of it one value.
	 * @param name the name with a capital first letter
	 * @return the values
	 */
	List<String> header(String name) {
		return this.headers.getOrDefault(name, List.of());
	}

	String query() {
		return this.query;
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
