package io.hindspan.export;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

/**
 * A backend for OTLP/HTTP on a bare socket that does with each request what the test has
 * ordered, and takes what comes beyond that.
 */
final class MisbehavingServer implements AutoCloseable {

	static final Behaviour TAKE = Behaviour.taking("200 OK", "application/x-protobuf", "");

	private final Queue<Behaviour> behaviours = new ConcurrentLinkedQueue<>();

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	private final List<String> received = Collections.synchronizedList(new ArrayList<>());

	private final List<String> taken = Collections.synchronizedList(new ArrayList<>());

	private final List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch release = new CountDownLatch(1);

	private final ServerSocket socket;

	private MisbehavingServer(ServerSocket socket) {
		this.socket = socket;
		daemon(this::accept);
	}

	static MisbehavingServer start(Behaviour... behaviours) throws IOException {
		return start(0, behaviours);
	}

	static MisbehavingServer start(int port, Behaviour... behaviours) throws IOException {
		ServerSocket socket = new ServerSocket();
		socket.setReuseAddress(true);
		socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		MisbehavingServer server = new MisbehavingServer(socket);
		server.behaviours.addAll(List.of(behaviours));
		return server;
	}

	/**
	 * A port that nobody listens on.
	 */
	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "misbehaving-server");
		thread.setDaemon(true);
		thread.start();
	}

	int port() {
		return this.socket.getLocalPort();
	}

	String endpoint() {
		return "http://127.0.0.1:" + port() + "/v1/traces";
	}

	/**
	 * The names of the spans in all requests that arrived in full.
	 */
	List<String> received() {
		return List.copyOf(this.received);
	}

	/**
	 * The names of the spans that were taken.
	 */
	List<String> taken() {
		return List.copyOf(this.taken);
	}

	/**
	 * When requests arrived, by {@link System#nanoTime()}.
	 */
	List<Long> arrivals() {
		return List.copyOf(this.arrivals);
	}

	int requests() {
		return this.arrivals.size();
	}

	void order(Behaviour behaviour) {
		this.behaviours.add(behaviour);
	}

	private void accept() {
		while (!this.socket.isClosed()) {
			try {
				Socket connection = this.socket.accept();
				this.connections.add(connection);
				daemon(() -> serve(connection));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket connection) {
		try (connection) {
			DataInputStream in = new DataInputStream(connection.getInputStream());
			while (true) {
				byte[] body = request(in);
				if (body == null) {
					return;
				}
				this.arrivals.add(System.nanoTime());
				Behaviour next = this.behaviours.poll();
				Behaviour behaviour = (next != null) ? next : TAKE;
				List<String> spans = names(body);
				this.received.addAll(spans);
				if (behaviour.takes()) {
					this.taken.addAll(spans);
				}
				if (!behaviour.reply().to(connection, this)) {
					return;
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// The client is gone, or the test is over
		}
	}

	private static List<String> names(byte[] body) throws IOException {
		return ExportTraceServiceRequest.parseFrom(body)
			.getResourceSpansList()
			.stream()
			.flatMap((resource) -> resource.getScopeSpansList().stream())
			.flatMap((scope) -> scope.getSpansList().stream())
			.map((span) -> span.getName())
			.toList();
	}

	private static byte[] request(DataInputStream in) throws IOException {
		int length = 0;
		String line = line(in);
		if (line == null) {
			return null;
		}
		while (!line.isEmpty()) {
			if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
				length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
			}
			line = line(in);
			if (line == null) {
				return null;
			}
		}
		byte[] body = new byte[length];
		in.readFully(body);
		return body;
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int c = in.read(); c != '\n'; c = in.read()) {
			if (c < 0) {
				return null;
			}
			if (c != '\r') {
				line.append((char) c);
			}
		}
		return line.toString();
	}

	@Override
	public void close() throws IOException {
		this.release.countDown();
		this.socket.close();
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

	/**
	 * What happens to a request.
	 *
	 * @param name for the report
	 * @param takes whether the spans count as taken
	 * @param reply what is answered
	 */
	record Behaviour(String name, boolean takes, Reply reply) {

		static Behaviour taking(String status, String contentType, String body) {
			return answer("takes", true, status, "Content-Type: " + contentType + "\r\n", body);
		}

		static Behaviour status(String status, String... headers) {
			StringBuilder lines = new StringBuilder();
			for (String header : headers) {
				lines.append(header).append("\r\n");
			}
			return answer(status, false, status, lines.toString(), "no");
		}

		static Behaviour page() {
			return answer("page", false, "200 OK", "Content-Type: text/html; charset=utf-8\r\n",
					"<html>Welcome</html>");
		}

		static Behaviour partial(byte[] response) {
			return answer("partial success", true, "200 OK", "Content-Type: application/x-protobuf\r\n",
					new String(response, StandardCharsets.ISO_8859_1));
		}

		static Behaviour raw(String name, boolean takes, String bytes) {
			return new Behaviour(name, takes, (connection, server) -> {
				write(connection, bytes);
				return false;
			});
		}

		static Behaviour reset() {
			return new Behaviour("reset", false, (connection, server) -> {
				connection.setSoLinger(true, 0);
				return false;
			});
		}

		static Behaviour hang() {
			return new Behaviour("hang", false, (connection, server) -> {
				server.release.await();
				return false;
			});
		}

		static Behaviour slow(long millis) {
			return new Behaviour("slow", true, (connection, server) -> {
				server.release.await(millis, TimeUnit.MILLISECONDS);
				return TAKE.reply().to(connection, server);
			});
		}

		private static Behaviour answer(String name, boolean takes, String status, String headers, String body) {
			return new Behaviour(name, takes, (connection, server) -> {
				write(connection, "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length()
						+ "\r\n\r\n" + body);
				return true;
			});
		}

		private static void write(Socket connection, String bytes) throws IOException {
			OutputStream out = connection.getOutputStream();
			out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
			out.flush();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * Answers a request.
	 */
	interface Reply {

		/**
		 * Answers.
		 * @return whether the connection stays open
		 */
		boolean to(Socket connection, MisbehavingServer server) throws IOException, InterruptedException;

	}

}
