package io.hindspan.redis;

import java.lang.reflect.Field;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.executors.ClusterCommandExecutor;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * Gives a client an executor that traces. All its commands go through the one field; a
 * client itself has hundreds of methods and cannot be wrapped.
 */
final class JedisClients {

	private static final Logger logger = LoggerFactory.getLogger(JedisClients.class);

	private JedisClients() {
	}

	/**
	 * Traces a client, unless it is one of a cluster, which asks its executor for more
	 * than the interface has.
	 * @param client the client
	 * @param database the index of its database, or {@code null} where it is not known
	 * @param spans what makes the spans for an endpoint
	 */
	static void trace(UnifiedJedis client, @Nullable String database, Function<JedisEndpoint, JedisSpans> spans) {
		try {
			Field field = field("executor");
			if (field.get(client) instanceof CommandExecutor executor && !(executor instanceof ClusterCommandExecutor)
					&& !(executor instanceof TracedCommandExecutor)) {
				field.set(client, new TracedCommandExecutor(executor, spans.apply(endpoint(client, database))));
			}
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.warn("Commands of a Jedis client are not traced", ex);
		}
	}

	/**
	 * Where a client sends its commands.
	 * @param client the client
	 * @param database the index of its database, or {@code null} where it is not known
	 * @return the endpoint, without an address where there may be several
	 * @throws ReflectiveOperationException if the client is another one than expected
	 */
	static JedisEndpoint endpoint(UnifiedJedis client, @Nullable String database) throws ReflectiveOperationException {
		if (field("provider").get(client) instanceof PooledConnectionProvider pool) {
			for (Object key : pool.getConnectionMap().keySet()) {
				if (key instanceof HostAndPort server) {
					return new JedisEndpoint(server.getHost(), (long) server.getPort(), database);
				}
			}
		}
		return new JedisEndpoint(null, null, database);
	}

	private static Field field(String name) throws NoSuchFieldException {
		Field field = UnifiedJedis.class.getDeclaredField(name);
		field.setAccessible(true);
		return field;
	}

}
