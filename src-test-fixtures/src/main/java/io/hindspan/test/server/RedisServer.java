package io.hindspan.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis server. Its embedded form needs {@code com.github.codemonstur:embedded-redis},
 * whose binary needs glibc and libssl 3; where that does not run, and
 * {@code com.github.fppt:jedis-mock} is there, the latter stands in, in pure Java.
 * Thread-safe.
 */
public final class RedisServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RedisServer.class);

	private static final int STANDARD_PORT = 6379;

	private static final SharedServer<RedisServer> SHARED = new SharedServer<>(
			() -> ServerEnvironment.isExternal() ? new RedisServer(STANDARD_PORT, null) : start());

	private final int port;

	private final @Nullable AutoCloseable process;

	private RedisServer(int port, @Nullable AutoCloseable process) {
		this.port = port;
		this.process = process;
	}

	/**
	 * The server that all tests of this JVM use, started when first asked for.
	 * @return the running server, which must not be closed
	 */
	public static RedisServer shared() {
		return SHARED.get();
	}

	/**
	 * Starts a server of one's own on a free port.
	 * @return the running server
	 */
	public static RedisServer start() {
		return start(0);
	}

	/**
	 * Starts a server of one's own.
	 * @param port the port, or 0 for a free one
	 * @return the running server
	 */
	public static RedisServer start(int port) {
		int actualPort = ServerEnvironment.claimPort(port);
		try {
			return Binary.start(actualPort);
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			logger.warn("Redis does not run here, using an imitation in Java: {}", ex.toString());
			return Imitation.start(actualPort);
		}
	}

	/**
	 * The server's host.
	 * @return the loopback address
	 */
	public String host() {
		return ServerEnvironment.LOOPBACK;
	}

	/**
	 * The server's port.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Where clients find the server.
	 * @return the URL
	 */
	public String url() {
		return "redis://" + host() + ":" + this.port;
	}

	/**
	 * Stops the server if it was started here.
	 */
	@Override
	public void close() {
		Closing.close(this.process);
	}

	private static final class Binary {

		private static RedisServer start(int port) throws IOException {
			redis.embedded.RedisServer server = redis.embedded.RedisServer.newRedisServer()
				.port(port)
				.bind(ServerEnvironment.LOOPBACK)
				.setting("save \"\"")
				.setting("appendonly no")
				.build();
			server.start();
			return new RedisServer(port, server::stop);
		}

	}

	static final class Imitation {

		static RedisServer start(int port) {
			ServerEnvironment.quiet("com.github.fppt.jedismock");
			try {
				com.github.fppt.jedismock.RedisServer server = com.github.fppt.jedismock.RedisServer
					.newRedisServer(port, InetAddress.getByName(ServerEnvironment.LOOPBACK));
				server.start();
				return new RedisServer(server.getBindPort(), server::stop);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot listen on port " + port, ex);
			}
		}

	}

}
