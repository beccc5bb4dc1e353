package io.hindspan.jdbc;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.hindspan.sql.DatabaseSystem;

/**
 * The database behind a connection, as its JDBC URL tells it. Of the URL nothing else is
 * kept: it may hold a password.
 *
 * @param system the product
 * @param namespace the name of the database, or {@code null} if the URL tells none
 * @param address the server's host, or {@code null} where there is none or several
 * @param port the server's port, or {@code null}
 * @param reuse which statements may be kept for their text
 */
record Database(DatabaseSystem system, @Nullable String namespace, @Nullable String address, @Nullable Long port,
		StatementReuse reuse) {

	static final Database UNKNOWN = new Database(DatabaseSystem.OTHER, null, null, null);

	private static final String PREFIX = "jdbc:";

	private static final int MAX_NAME_LENGTH = 255;

	private static final int MAX_PORT = 65_535;

	/** Drivers that put their own name before that of the driver that they lead to. */
	private static final Set<String> WRAPPERS = Set.of("aws-wrapper", "datasource-proxy", "log4jdbc", "otel", "p6spy",
			"secretsmanager", "sentry", "tc", "tracing");

	private Database(DatabaseSystem system, @Nullable String namespace, @Nullable String address, @Nullable Long port) {
		this(system, namespace, address, port, StatementReuse.ALL);
	}

	/**
	 * Reads a JDBC URL.
	 * @param url the URL, of whatever form
	 * @return what is known of the database
	 */
	static Database of(@Nullable String url) {
		if (url == null || !url.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
			return UNKNOWN;
		}
		Database place = place(url);
		return new Database(place.system, place.namespace, place.address, place.port,
				StatementReuse.of(place.system, url));
	}

	private static Database place(String url) {
		int start = PREFIX.length();
		String subprotocol = until(url, start, ":;");
		while (WRAPPERS.contains(subprotocol) && start + subprotocol.length() < url.length()) {
			start += subprotocol.length() + 1;
			subprotocol = until(url, start, ":;");
		}
		DatabaseSystem system = DatabaseSystem.of(subprotocol);
		String rest = url.substring(Math.min(url.length(), start + subprotocol.length() + 1));
		return switch (system) {
			case H2 -> ofH2(rest);
			case SQLITE -> new Database(system, file(until(rest, 0, "?")), null, null);
			case HSQLDB, DERBY -> rest.contains("//") ? ofServer(system, rest)
					: new Database(system, file(until(afterLocation(rest), 0, ";")), null, null);
			case ORACLE -> ofOracle(rest);
			case SQL_SERVER -> ofSqlServer(rest);
			default -> ofServer(system, rest);
		};
	}

	/**
	 * {@code //host:port/name}, the form of most.
	 */
	private static Database ofServer(DatabaseSystem system, String rest) {
		int slashes = rest.indexOf("//");
		if (slashes < 0) {
			boolean local = system == DatabaseSystem.POSTGRESQL;
			String name = local ? name(until(rest.startsWith("/") ? rest.substring(1) : rest, 0, "?;")) : null;
			return new Database(system, name, local ? "localhost" : null, local ? defaultPort(system) : null);
		}
		// A password may hold a slash
		String place = until(rest, slashes + 2, "?;");
		int start = place.lastIndexOf('@') + 1;
		String hosts = until(place, start, "/");
		boolean several = place.lastIndexOf(',', start) >= 0;
		int afterHosts = start + hosts.length();
		String name = (afterHosts < place.length())
				? until(place, afterHosts + 1, (system == DatabaseSystem.DB2) ? ":" : "") : "";
		return ofHosts(system, several ? "" : hosts, name(name));
	}

	private static Database ofHosts(DatabaseSystem system, String host, @Nullable String name) {
		if (host.isEmpty() || host.indexOf(',') >= 0 || host.indexOf('(') >= 0) {
			return new Database(system, name, null, null);
		}
		int colon = host.lastIndexOf(':');
		if (host.startsWith("[")) {
			int bracket = host.indexOf(']');
			if (bracket < 0) {
				return new Database(system, name, null, null);
			}
			colon = host.indexOf(':', bracket);
			String address = host.substring(1, bracket);
			return new Database(system, name, name(address),
					port(system, (colon < 0) ? "" : host.substring(colon + 1)));
		}
		String address = (colon < 0) ? host : host.substring(0, colon);
		return new Database(system, name, name(address), port(system, (colon < 0) ? "" : host.substring(colon + 1)));
	}

	/**
	 * {@code mem:name}, {@code file:path/name}, {@code tcp://host:port/path/name}.
	 */
	private static Database ofH2(String rest) {
		String place = until(rest, 0, ";");
		if (place.startsWith("tcp://") || place.startsWith("ssl://")) {
			Database database = ofServer(DatabaseSystem.H2, place);
			return new Database(DatabaseSystem.H2, (database.namespace != null) ? file(database.namespace) : null,
					database.address, database.port);
		}
		return new Database(DatabaseSystem.H2, file(afterLocation(place)), null, null);
	}

	/**
	 * {@code thin:@//host:port/service}, {@code thin:@host:port:sid} and descriptors.
	 */
	private static Database ofOracle(String rest) {
		String place = rest.substring(rest.indexOf('@') + 1);
		int slashes = place.indexOf("//");
		if (slashes >= 0) {
			place = place.substring(slashes + 2);
		}
		if (place.startsWith("(")) {
			return new Database(DatabaseSystem.ORACLE, null, null, null);
		}
		String hosts = until(place, 0, "/?");
		if (hosts.length() < place.length() && place.charAt(hosts.length()) == '/') {
			return ofHosts(DatabaseSystem.ORACLE, hosts, name(until(place, hosts.length() + 1, "?:/")));
		}
		int sid = hosts.lastIndexOf(':');
		if (sid > hosts.indexOf(':')) {
			return ofHosts(DatabaseSystem.ORACLE, hosts.substring(0, sid), name(hosts.substring(sid + 1)));
		}
		return new Database(DatabaseSystem.ORACLE, name(hosts), null, null);
	}

	/**
	 * {@code //host\instance:port;databaseName=name}.
	 */
	private static Database ofSqlServer(String rest) {
		String name = null;
		int semicolon = rest.indexOf(';');
		while (semicolon >= 0 && name == null) {
			String property = until(rest, semicolon + 1, ";");
			int equals = property.indexOf('=');
			String key = (equals < 0) ? "" : property.substring(0, equals).trim();
			if (key.equalsIgnoreCase("databaseName") || key.equalsIgnoreCase("database")) {
				name = name(property.substring(equals + 1).trim());
			}
			semicolon = rest.indexOf(';', semicolon + 1);
		}
		int slashes = rest.indexOf("//");
		String hosts = (slashes < 0) ? "" : until(rest, slashes + 2, ";/");
		int backslash = hosts.indexOf('\\');
		if (backslash >= 0) {
			int colon = hosts.indexOf(':', backslash);
			hosts = hosts.substring(0, backslash) + ((colon < 0) ? "" : hosts.substring(colon));
		}
		return ofHosts(DatabaseSystem.SQL_SERVER, hosts, name);
	}

	private static String afterLocation(String place) {
		for (String location : new String[] { "mem:", "memory:", "file:", "res:", "directory:", "classpath:",
				"jar:" }) {
			if (place.startsWith(location)) {
				return place.substring(location.length());
			}
		}
		return place;
	}

	private static @Nullable String file(String path) {
		int separator = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
		return name(path.substring(separator + 1));
	}

	private static @Nullable String name(String name) {
		if (name.isEmpty()) {
			return null;
		}
		return (name.length() > MAX_NAME_LENGTH) ? name.substring(0, MAX_NAME_LENGTH) : name;
	}

	private static @Nullable Long port(DatabaseSystem system, String digits) {
		long port = 0;
		for (int i = 0; i < digits.length(); i++) {
			char digit = digits.charAt(i);
			if (digit < '0' || digit > '9' || port > MAX_PORT) {
				return null;
			}
			port = port * 10 + (digit - '0');
		}
		if (digits.isEmpty()) {
			return defaultPort(system);
		}
		return (port > 0 && port <= MAX_PORT) ? port : null;
	}

	private static @Nullable Long defaultPort(DatabaseSystem system) {
		return (system.defaultPort() > 0) ? Long.valueOf(system.defaultPort()) : null;
	}

	private static String until(String text, int start, String ends) {
		int end = start;
		while (end < text.length() && ends.indexOf(text.charAt(end)) < 0) {
			end++;
		}
		return text.substring(Math.min(start, text.length()), end);
	}

}
