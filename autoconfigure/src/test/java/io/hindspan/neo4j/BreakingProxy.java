package io.hindspan.neo4j;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server, until it is told to break with both as soon as
 * the client says something.
 */
final class BreakingProxy implements AutoCloseable {

	private final List<Closeable> open = new CopyOnWriteArrayList<>();

	private final ServerSocket listener;

	private final int target;

	private volatile boolean breaking;

	BreakingProxy(int target) {
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.target = target;
		this.open.add(this.listener);
		start(this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	void breakAtNextRequest() {
		this.breaking = true;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			this.open.add(client);
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			this.open.add(server);
			start(() -> pump(client, server, true));
			start(() -> pump(server, client, false));
		}
	}

	private void pump(Socket from, Socket to, boolean requests) throws IOException {
		byte[] buffer = new byte[8192];
		int read = from.getInputStream().read(buffer);
		while (read >= 0 && !(requests && this.breaking)) {
			to.getOutputStream().write(buffer, 0, read);
			read = from.getInputStream().read(buffer);
		}
		close();
	}

	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// Closed, which is how it ends
			}
		}, "breaking-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		for (Closeable one : this.open) {
			try {
				one.close();
			}
			catch (IOException ex) {
				// Closed is closed
			}
		}
	}

	private interface Work {

		void run() throws IOException;

	}

}
