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
 * @param max how many connections there can be
 */
record PoolState(@Nullable String name, @Nullable Long active, @Nullable Long idle, @Nullable Long waiting,
		@Nullable Long max) {

	static final PoolState UNKNOWN = new PoolState(null, null, null, null, null);

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			PoolState.class.getClassLoader());

	/**
	 * The state of the pool behind a wait: of the one that handed out the connection,
	 * else of one that asked it.
	 * @param acquisition the wait
	 * @param metadata what Spring Boot can tell, or {@code null} where it is not there
	 * @return what is known
	 */
	static PoolState of(Acquisition acquisition, @Nullable PoolMetadata metadata) {
		PoolState state = UNKNOWN;
		for (Acquisition at = acquisition.innermost(); at != null && state == UNKNOWN; at = at.outer()) {
			state = HIKARI ? Hikari.of(at.dataSource()) : UNKNOWN;
			if (state == UNKNOWN && metadata != null) {
				state = metadata.of(at.dataSource());
			}
		}
		return state;
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
				return new PoolState(pool.getPoolName(), null, null, null, (long) pool.getMaximumPoolSize());
			}
			return new PoolState(pool.getPoolName(), (long) state.getActiveConnections(),
					(long) state.getIdleConnections(), (long) state.getThreadsAwaitingConnection(),
					(long) pool.getMaximumPoolSize());
		}

	}

}
