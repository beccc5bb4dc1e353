package io.hindspan.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A backend for OTLP over HTTP that takes everything, looks at nothing and allocates next
 * to nothing.
 */
final class OtlpSink implements AutoCloseable {

	private static final byte[] TAKEN = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final String CONTENT_LENGTH = "content-length:";

	private static final String TRANSFER_ENCODING = "transfer-encoding:";

	private static final long CHUNKED = -1;

	private final Semaphore taken = new Semaphore(0);

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

	/**
	 * Waits for a request that nobody has waited for.
	 * @return whether there was one in time
	 */
	boolean awaitRequest(long millis) throws InterruptedException {
		return this.taken.tryAcquire(millis, TimeUnit.MILLISECONDS);
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

	private void serve(Socket connection) {
		try (connection) {
			connection.setTcpNoDelay(true);
			InputStream in = new BufferedInputStream(connection.getInputStream(), 64 * 1024);
			OutputStream out = connection.getOutputStream();
			StringBuilder line = new StringBuilder();
			long length = 0;
			while (read(in, line)) {
				if (line.length() == 0) {
					skipBody(in, line, length);
					out.write(TAKEN);
					out.flush();
					this.taken.release();
				}
				else if (starts(line, CONTENT_LENGTH)) {
					length = Long.parseLong(line, CONTENT_LENGTH.length() + 1, line.length(), 10);
				}
				else if (starts(line, TRANSFER_ENCODING)) {
					length = CHUNKED;
				}
			}
		}
		catch (IOException ex) {
			// The application has ended
		}
	}

	private static boolean starts(CharSequence line, String name) {
		return line.length() > name.length() && line.subSequence(0, name.length()).toString().equalsIgnoreCase(name);
	}

	private static void skipBody(InputStream in, StringBuilder line, long length) throws IOException {
		if (length != CHUNKED) {
			in.skipNBytes(length);
			return;
		}
		while (read(in, line)) {
			if (line.length() > 0) {
				long chunk = Long.parseLong(line, 0, line.length(), 16);
				in.skipNBytes(chunk);
				read(in, line);
				if (chunk == 0) {
					return;
				}
			}
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
