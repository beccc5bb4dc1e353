package io.hindspan.explorer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.hindspan.TracedApplication;
import io.hindspan.store.TraceStore;
import io.hindspan.test.OtlpReceiver;

/**
 * An application with the explorer on a real server, and a client that sends every byte
 * as it is told.
 */
final class RunningExplorer implements AutoCloseable {

	private static final int PATIENCE = 20_000;

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final ConfigurableApplicationContext context;

	private RunningExplorer(WebApplicationType type, Class<?> application, String... arguments) {
		this.context = TracedApplication.start(this.receiver, type, application, arguments);
	}

	static RunningExplorer start(WebApplicationType type, Class<?> application, String... arguments) {
		return new RunningExplorer(type, application, arguments);
	}

	OtlpReceiver receiver() {
		return this.receiver;
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	TraceStore store() {
		return this.context.getBean(TraceStore.class);
	}

	int port() {
		return TracedApplication.port(this.context);
	}

	String host() {
		return "localhost:" + port();
	}

	Reply get(String path, String... headers) throws IOException {
		return send("GET", path, new byte[0], headers);
	}

	/**
	 * Sends a request from this machine, with a host that is right and a length, unless
	 * the headers say otherwise.
	 */
	Reply send(String method, String path, byte[] body, String... headers) throws IOException {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		if (all.stream().noneMatch((header) -> header.toLowerCase(Locale.ROOT).startsWith("host:"))) {
			all.add("Host: " + host());
		}
		if (body.length > 0) {
			all.add("Content-Length: " + body.length);
		}
		return raw(InetAddress.getLoopbackAddress(), method + " " + path + " HTTP/1.1", body, all);
	}

	Reply raw(InetAddress address, String line, byte[] body, List<String> headers) throws IOException {
		try (Socket socket = open(address)) {
			StringBuilder head = new StringBuilder(line).append("\r\n");
			headers.forEach((header) -> head.append(header).append("\r\n"));
			head.append("Connection: close\r\n\r\n");
			socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
			try {
				socket.getOutputStream().write(body);
				socket.getOutputStream().flush();
			}
			catch (IOException ex) {
				// Answered before it was all read
			}
			return Reply.read(socket.getInputStream());
		}
	}

	Socket open(InetAddress address) throws IOException {
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress(address, port()), PATIENCE);
		socket.setSoTimeout(PATIENCE);
		return socket;
	}

	@Override
	public void close() {
		this.context.close();
		this.receiver.close();
	}

	/**
	 * What came back.
	 */
	record Reply(int status, Map<String, List<String>> headers, byte[] body) {

		static Reply read(InputStream in) throws IOException {
			ByteArrayOutputStream all = new ByteArrayOutputStream();
			byte[] buffer = new byte[8192];
			try {
				for (int read = in.read(buffer); read >= 0 && !isWhole(all, buffer, read); read = in.read(buffer)) {
					// Until all of it is there
				}
			}
			catch (SocketTimeoutException ex) {
				throw ex;
			}
			catch (IOException ex) {
				// Reset by a server that wants to read no more; what it said is there
			}
			return parse(all.toByteArray());
		}

		private static boolean isWhole(ByteArrayOutputStream all, byte[] buffer, int read) {
			all.write(buffer, 0, read);
			String text = all.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
			int end = text.indexOf("\r\n\r\n");
			int length = text.indexOf("\r\ncontent-length: ");
			return end > 0 && length > 0 && length < end && all.size() >= end + 4
					+ Integer.parseInt(text.substring(length + 18, text.indexOf("\r\n", length + 2)).trim());
		}

		private static Reply parse(byte[] bytes) throws IOException {
			String text = new String(bytes, StandardCharsets.ISO_8859_1);
			int end = text.indexOf("\r\n\r\n");
			if (end < 0) {
				throw new IOException("No answer: " + text);
			}
			String[] lines = text.substring(0, end).split("\r\n");
			Map<String, List<String>> headers = new LinkedHashMap<>();
			for (int i = 1; i < lines.length; i++) {
				int colon = lines[i].indexOf(':');
				headers
					.computeIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), (name) -> new ArrayList<>())
					.add(lines[i].substring(colon + 1).trim());
			}
			return new Reply(Integer.parseInt(lines[0].split(" ")[1]), headers,
					Arrays.copyOfRange(bytes, end + 4, bytes.length));
		}

		@Nullable String header(String name) {
			List<String> values = this.headers.get(name.toLowerCase(Locale.ROOT));
			return (values != null) ? String.join(",", values) : null;
		}

		String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

		JsonNode json() {
			return JsonMapper.shared().readTree(this.body);
		}

		String error() {
			return json().path("error").asString();
		}

	}

}
