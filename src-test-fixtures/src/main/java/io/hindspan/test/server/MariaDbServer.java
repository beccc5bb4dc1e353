package io.hindspan.test.server;

/**
 * A MariaDB server with a database {@value #DATABASE}. There is no embedded one: it must
 * run on this machine.
 */
public final class MariaDbServer {

	private static final String DATABASE = "test";

	private static final int STANDARD_PORT = 3306;

	private static final MariaDbServer SHARED = new MariaDbServer();

	private MariaDbServer() {
	}

	/**
	 * Whether the tests are to use the servers of this machine. For
	 * {@code @EnabledIf("io.hindspan.test.server.MariaDbServer#isAvailable")}.
	 * @return whether {@link #shared()} may be called
	 */
	public static boolean isAvailable() {
		return ServerEnvironment.isExternal();
	}

	/**
	 * The server that all tests use.
	 * @return the server
	 * @throws IllegalStateException if the tests are not to use the servers of this
	 * machine
	 */
	public static MariaDbServer shared() {
		if (!isAvailable()) {
			throw new IllegalStateException("MariaDB needs -Dhindspan.test.servers=external");
		}
		return SHARED;
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
		return STANDARD_PORT;
	}

	/**
	 * The name of the database.
	 * @return the name
	 */
	public String database() {
		return DATABASE;
	}

	/**
	 * Where MariaDB's JDBC driver finds the database.
	 * @return the URL, without user and password
	 */
	public String jdbcUrl() {
		return "jdbc:mariadb://" + host() + ":" + port() + "/" + DATABASE;
	}

	/**
	 * The name of the user.
	 * @return the name
	 */
	public String username() {
		return "root";
	}

	/**
	 * The user's password.
	 * @return an empty string
	 */
	public String password() {
		return "";
	}

}
