package io.hindspan.jdbc;

import java.util.List;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.function.SingletonSupplier;

/**
 * What Spring Boot can tell of pools: those that it knows, and by beans of the
 * application any other one. Thread-safe.
 */
final class PoolMetadata {

	private final Supplier<List<DataSourcePoolMetadataProvider>> providers;

	PoolMetadata(ObjectProvider<DataSourcePoolMetadataProvider> providers) {
		this.providers = SingletonSupplier.of(() -> providers.orderedStream().toList());
	}

	/**
	 * The state of a pool.
	 * @param dataSource the {@code DataSource} that may be a pool
	 * @return what is known
	 */
	PoolState of(@Nullable Object dataSource) {
		// A router would have to ask the application where it leads to
		if (dataSource instanceof DataSource pool && !(dataSource instanceof AbstractRoutingDataSource)) {
			for (DataSourcePoolMetadataProvider provider : this.providers.get()) {
				DataSourcePoolMetadata metadata = provider.getDataSourcePoolMetadata(pool);
				if (metadata != null) {
					return new PoolState(null, number(metadata.getActive()), number(metadata.getIdle()), null,
							number(metadata.getMax()));
				}
			}
		}
		return PoolState.UNKNOWN;
	}

	/**
	 * Pools without a bound have a negative one.
	 */
	private static @Nullable Long number(@Nullable Integer number) {
		return (number != null && number >= 0) ? Long.valueOf(number) : null;
	}

}
