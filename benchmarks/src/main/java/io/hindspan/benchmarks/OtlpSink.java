package io.hindspan.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A backend for OTLP over HTTP that takes everything, looks at nothing and allocates next
 * to nothing.
 */
final class OtlpSink implements AutoCloseable {

	private static final byte[] TAKEN = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final String CONTENT_LENGTH = "content-length:";

	private final ServerSocket socket;

	private OtlpSink(ServerSocket socket) {
		this.socket = socket;
		daemon(this::accept);
	}

	static OtlpSink start() throws IOException {
		return new OtlpSink(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
	}

	String endpoint() {
		return "http://127.0.0.1:" + this.socket.getLocalPort() + "/v1/traces";
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "otlp-sink");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		while (!this.socket.isClosed()) {
			try {
				Socket connection = this.socket.accept();
				daemon(() -> serve(connection));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private static void serve(Socket connection) {
		try (connection) {
			connection.setTcpNoDelay(true);
			InputStream in = new BufferedInputStream(connection.getInputStream(), 64 * 1024);
			OutputStream out = connection.getOutputStream();
			StringBuilder line = new StringBuilder();
			int length = 0;
			while (read(in, line)) {
				if (line.length() == 0) {
					in.skipNBytes(length);
					out.write(TAKEN);
					out.flush();
					length = 0;
				}
				else if (line.length() > CONTENT_LENGTH.length()
						&& line.substring(0, CONTENT_LENGTH.length()).toLowerCase(Locale.ROOT).equals(CONTENT_LENGTH)) {
					length = Integer.parseInt(line.substring(CONTENT_LENGTH.length()).strip());
				}
			}
		}
		catch (IOException ex) {
			// The application has ended
		}
	}

	private static boolean read(InputStream in, StringBuilder line) throws IOException {
		line.setLength(0);
		for (int c = in.read(); c != '\n'; c = in.read()) {
			if (c < 0) {
				return false;
			}
			if (c != '\r') {
				line.append((char) c);
			}
		}
		return true;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
