package io.hindspan.r2dbc;

import java.util.function.Supplier;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.sql.DatabaseSystem;

/**
 * Tells the database behind each connection of a factory. Options hold for all of them.
 * Where there are none the connection tells its product, since a factory may lead to
 * several databases, and one that does may not even be able to tell of itself.
 * Thread-safe.
 */
final class FactoryDatabase {

	private static final Logger logger = LoggerFactory.getLogger(FactoryDatabase.class);

	private final ConnectionFactory factory;

	private volatile @Nullable Database told;

	FactoryDatabase(ConnectionFactory factory) {
		this.factory = factory;
	}

	/**
	 * The database behind a connection.
	 * @param connection a connection of the factory
	 * @return the database, of which perhaps nothing is known
	 */
	Database of(Connection connection) {
		Database database = this.told;
		if (database != null) {
			return database;
		}
		try {
			database = Database.ofOptions(this.factory);
			if (database != null) {
				this.told = database;
				return database;
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not read the options of a connection factory", ex);
		}
		database = ofProduct(() -> connection.getMetadata().getDatabaseProductName());
		return (database.system() != DatabaseSystem.OTHER) ? database
				: ofProduct(() -> this.factory.getMetadata().getName());
	}

	private static Database ofProduct(Supplier<String> product) {
		try {
			return Database.ofProduct(product.get());
		}
		catch (RuntimeException ex) {
			logger.debug("Could not find out the product of a connection", ex);
			return Database.UNKNOWN;
		}
	}

}
