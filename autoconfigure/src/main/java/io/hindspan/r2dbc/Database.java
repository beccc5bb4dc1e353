package io.hindspan.r2dbc;

import java.util.Set;

import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;

import io.hindspan.sql.DatabaseSystem;

/**
 * The database behind a connection factory, as its options tell it. A factory that was
 * made without Spring Boot tells no more than its product.
 *
 * @param system the product
 * @param namespace the name of the database, or {@code null} if it is not known
 * @param address the server's host, or {@code null} where there is none or several
 * @param port the server's port, or {@code null}
 */
record Database(DatabaseSystem system, @Nullable String namespace, @Nullable String address, @Nullable Long port) {

	static final Database UNKNOWN = new Database(DatabaseSystem.OTHER, null, null, null);

	/** Drivers that lead to another one, which their protocol names. */
	private static final Set<String> WRAPPERS = Set.of("pool", "proxy");

	/**
	 * What the options of a factory tell.
	 * @param factory the factory
	 * @return the database, or {@code null} where the factory has no options
	 */
	static @Nullable Database ofOptions(ConnectionFactory factory) {
		OptionsCapableConnectionFactory capable = OptionsCapableConnectionFactory.unwrapFrom(factory);
		return (capable != null) ? of(capable.getOptions(), factory.getMetadata().getName()) : null;
	}

	/**
	 * What the name of a product tells, which editions and versions may follow.
	 */
	static Database ofProduct(String product) {
		DatabaseSystem system = DatabaseSystem.of(product);
		for (int end = product.lastIndexOf(' '); system == DatabaseSystem.OTHER
				&& end > 0; end = product.lastIndexOf(' ', end - 1)) {
			system = DatabaseSystem.of(product.substring(0, end));
		}
		return new Database(system, null, null, null);
	}

	static Database of(ConnectionFactoryOptions options, String product) {
		String driver = text(options.getValue(ConnectionFactoryOptions.DRIVER));
		String protocol = text(options.getValue(ConnectionFactoryOptions.PROTOCOL));
		while (driver != null && WRAPPERS.contains(driver) && protocol != null) {
			int colon = protocol.indexOf(':');
			driver = (colon < 0) ? protocol : protocol.substring(0, colon);
			protocol = (colon < 0) ? null : protocol.substring(colon + 1);
		}
		DatabaseSystem system = DatabaseSystem.of((driver != null) ? driver : product);
		String name = text(options.getValue(ConnectionFactoryOptions.DATABASE));
		if (system == DatabaseSystem.H2) {
			return new Database(system, (name != null) ? file(name) : null, null, null);
		}
		String host = text(options.getValue(ConnectionFactoryOptions.HOST));
		if (host == null || host.indexOf(',') >= 0) {
			return new Database(system, name, null, null);
		}
		Object port = options.getValue(ConnectionFactoryOptions.PORT);
		long number = (port instanceof Number given) ? given.longValue() : system.defaultPort();
		return new Database(system, name, host, (number > 0) ? Long.valueOf(number) : null);
	}

	private static @Nullable String text(@Nullable Object value) {
		return (value instanceof String text && !text.isEmpty()) ? text : null;
	}

	private static String file(String path) {
		int settings = path.indexOf(';');
		String file = (settings < 0) ? path : path.substring(0, settings);
		return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
	}

}
