package io.hindspan.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * What a pool tells of itself, each {@code null} where it does not.
 *
 * @param name the pool's name
 * @param active the connections in use
 * @param idle the connections that nobody uses
 * @param waiting the threads that wait for one
 */
record PoolState(@Nullable String name, @Nullable Long active, @Nullable Long idle, @Nullable Long waiting) {

	static final PoolState UNKNOWN = new PoolState(null, null, null, null);

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			PoolState.class.getClassLoader());

	static PoolState of(@Nullable Object dataSource) {
		return HIKARI ? Hikari.of(dataSource) : UNKNOWN;
	}

	/**
	 * Apart, so that nothing of HikariCP is needed where it is not there.
	 */
	private static final class Hikari {

		static PoolState of(@Nullable Object dataSource) {
			if (!(dataSource instanceof HikariDataSource pool)) {
				return UNKNOWN;
			}
			HikariPoolMXBean state = pool.getHikariPoolMXBean();
			if (state == null) {
				return new PoolState(pool.getPoolName(), null, null, null);
			}
			return new PoolState(pool.getPoolName(), (long) state.getActiveConnections(),
					(long) state.getIdleConnections(), (long) state.getThreadsAwaitingConnection());
		}

	}

}
