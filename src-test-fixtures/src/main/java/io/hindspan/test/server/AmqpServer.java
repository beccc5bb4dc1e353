package io.hindspan.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;
import org.jspecify.annotations.Nullable;

/**
 * A broker that speaks RabbitMQ's protocol, AMQP 0-9-1: Qpid where it is embedded, which
 * needs {@code org.apache.qpid:qpid-broker-core},
 * {@code qpid-broker-plugins-memory-store} and
 * {@code qpid-broker-plugins-amqp-0-8-protocol}. Qpid refuses queues with
 * {@code x-dead-letter} arguments, and answers unroutable messages with a negative
 * confirm. Thread-safe.
 */
public final class AmqpServer implements AutoCloseable {

	private static final int STANDARD_PORT = 5672;

	private static final SharedServer<AmqpServer> SHARED = new SharedServer<>(
			() -> ServerEnvironment.isExternal() ? new AmqpServer(STANDARD_PORT, null) : start());

	private final int port;

	private final @Nullable AutoCloseable process;

	private AmqpServer(int port, @Nullable AutoCloseable process) {
		this.port = port;
		this.process = process;
	}

	/**
	 * The server that all tests of this JVM use, started when first asked for.
	 * @return the running server, which must not be closed
	 */
	public static AmqpServer shared() {
		return SHARED.get();
	}

	/**
	 * Starts a server of one's own on a free port.
	 * @return the running server
	 */
	public static AmqpServer start() {
		return start(0);
	}

	/**
	 * Starts a server of one's own.
	 * @param port the port, or 0 for a free one
	 * @return the running server
	 */
	public static AmqpServer start(int port) {
		return Embedded.start(port);
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
	 * The name of the user.
	 * @return the name
	 */
	public String username() {
		return "guest";
	}

	/**
	 * The user's password.
	 * @return the password
	 */
	public String password() {
		return "guest";
	}

	/**
	 * Stops the server if it was started here. Messages are lost.
	 */
	@Override
	public void close() {
		Closing.close(this.process);
	}

	private static final class Embedded {

		private static final String CONFIGURATION = """
				{
				  "name": "hindspan-test",
				  "modelVersion": "8.0",
				  "authenticationproviders": [ {
				    "name": "plain",
				    "type": "Plain",
				    "secureOnlyMechanisms": [],
				    "users": [ { "name": "guest", "type": "managed", "password": "guest" } ]
				  } ],
				  "ports": [ {
				    "name": "AMQP",
				    "port": "%d",
				    "bindingAddress": "%s",
				    "protocols": [ "AMQP_0_9_1" ],
				    "authenticationProvider": "plain",
				    "virtualhostaliases": [ { "name": "defaultAlias", "type": "defaultAlias" } ]
				  } ],
				  "virtualhostnodes": [ {
				    "name": "default",
				    "type": "Memory",
				    "defaultVirtualHostNode": "true",
				    "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
				  } ]
				}
				""";

		private static AmqpServer start(int port) {
			ServerEnvironment.quiet("org.apache.qpid", "qpid");
			Path directory = null;
			try {
				directory = Files.createTempDirectory("qpid-");
				return start((port != 0) ? ServerEnvironment.claimPort(port) : 0, directory);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot write the configuration", ex);
			}
			finally {
				TemporaryFiles.delete(directory);
			}
		}

		private static AmqpServer start(int port, Path directory) throws IOException {
			// Both files are given because Qpid's defaults have URLs of a scheme of its
			// own, which a Spring Boot jar cannot resolve.
			Path properties = Files.createFile(directory.resolve("system.properties"));
			Path configuration = Files.writeString(directory.resolve("configuration.json"),
					CONFIGURATION.formatted(port, ServerEnvironment.LOOPBACK));
			StartListener listener = new StartListener();
			SystemLauncher launcher = new SystemLauncher(listener);
			try {
				launcher.startup(Map.of("type", "Memory", SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT, "false",
						SystemConfig.INITIAL_SYSTEM_PROPERTIES_LOCATION, properties.toUri().toString(),
						SystemConfig.INITIAL_CONFIGURATION_LOCATION, configuration.toUri().toString(), "context",
						Map.of(SystemConfig.QPID_WORK_DIR, directory.toString())));
				return new AmqpServer(listener.boundPort(), launcher::shutdown);
			}
			catch (Exception ex) {
				launcher.shutdown();
				throw new IllegalStateException("Cannot start Qpid on port " + port, ex);
			}
		}

	}

	/** Qpid tells its listener, not its caller, how the start went. */
	private static final class StartListener extends DefaultSystemLauncherListener {

		private @Nullable RuntimeException failure;

		private @Nullable SystemConfig<?> system;

		@Override
		public void errorOnStartup(RuntimeException failure) {
			this.failure = failure;
		}

		@Override
		public void onContainerResolve(SystemConfig<?> system) {
			this.system = system;
		}

		private int boundPort() {
			if (this.failure == null && this.system != null) {
				for (Port<?> port : this.system.getContainer().getChildren(Port.class)) {
					if (port.getBoundPort() > 0) {
						return port.getBoundPort();
					}
				}
			}
			throw new IllegalStateException("Qpid did not start", this.failure);
		}

	}

}
