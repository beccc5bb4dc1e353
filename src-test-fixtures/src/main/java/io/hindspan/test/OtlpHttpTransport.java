package io.hindspan.test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import org.jspecify.annotations.Nullable;

/** Takes OTLP/HTTP requests with protobuf bodies. */
final class OtlpHttpTransport implements OtlpTransport {

	private static final String PATH = "/v1/traces";

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool(OtlpHttpTransport::thread);

	private final Consumer<RecordedRequest> recorder;

	private OtlpHttpTransport(HttpServer server, Consumer<RecordedRequest> recorder) {
		this.server = server;
		this.recorder = recorder;
	}

	static OtlpHttpTransport start(InetSocketAddress address, Consumer<RecordedRequest> recorder) {
		try {
			OtlpHttpTransport transport = new OtlpHttpTransport(HttpServer.create(address, 0), recorder);
			transport.server.setExecutor(transport.executor);
			transport.server.createContext("/", transport::handle);
			transport.server.start();
			return transport;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot listen on " + address, ex);
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "otlp-receiver");
		thread.setDaemon(true);
		return thread;
	}

	@Override
	public int port() {
		return this.server.getAddress().getPort();
	}

	@Override
	public String endpoint() {
		return "http://127.0.0.1:" + port() + PATH;
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.sendResponseHeaders(receive(exchange), -1);
		}
	}

	private int receive(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		if (!exchange.getRequestURI().getPath().equals(PATH)) {
			return 404;
		}
		if (!exchange.getRequestMethod().equals("POST")) {
			return 405;
		}
		String contentType = exchange.getRequestHeaders().getFirst("Content-Type");
		if (contentType == null || !contentType.startsWith("application/x-protobuf")) {
			return 415;
		}
		try {
			ExportTraceServiceRequest message = ExportTraceServiceRequest
				.parseFrom(decompress(body, exchange.getRequestHeaders().getFirst("Content-Encoding")));
			this.recorder.accept(new RecordedRequest(headers(exchange), body.length, message.getResourceSpansList()));
			// An empty body is an empty message: complete success.
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			return 200;
		}
		catch (IOException ex) {
			// Not gzip, or not protobuf.
			return 400;
		}
	}

	private static byte[] decompress(byte[] body, @Nullable String encoding) throws IOException {
		if (!"gzip".equals(encoding)) {
			return body;
		}
		try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
			return in.readAllBytes();
		}
	}

	private static Map<String, List<String>> headers(HttpExchange exchange) {
		return exchange.getRequestHeaders()
			.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap((entry) -> entry.getKey().toLowerCase(Locale.ROOT),
					(entry) -> List.copyOf(entry.getValue())));
	}

}
