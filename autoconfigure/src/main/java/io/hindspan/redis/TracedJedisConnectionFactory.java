package io.hindspan.redis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;

import io.hindspan.span.InstrumentationTracers;

/**
 * Traces each client that it makes, also after it was stopped and started again.
 */
final class TracedJedisConnectionFactory extends JedisConnectionFactory {

	private final ObjectProvider<InstrumentationTracers> tracers;

	private volatile JedisEndpoint endpoint = new JedisEndpoint(null, null, null);

	TracedJedisConnectionFactory(JedisClientConfiguration configuration,
			ObjectProvider<InstrumentationTracers> tracers) {
		super(new RedisStandaloneConfiguration(), configuration);
		this.tracers = tracers;
	}

	@Override
	protected RedisClient createRedisClient(RedisStandaloneConfiguration configuration) {
		return traced(super.createRedisClient(configuration));
	}

	@Override
	protected RedisSentinelClient createRedisSentinelClient(RedisSentinelConfiguration configuration) {
		return traced(super.createRedisSentinelClient(configuration));
	}

	private <T extends UnifiedJedis> T traced(T client) {
		JedisClients.trace(client, Integer.toString(getDatabase()), (known) -> {
			this.endpoint = known;
			return new JedisSpans(this.tracers, known);
		});
		return client;
	}

	@Override
	public RedisConnection getConnection() {
		if (!isRunning() || isRedisClusterAware() || !isUseUnifiedJedis()) {
			return super.getConnection();
		}
		TracedJedisConnection connection = new TracedJedisConnection(getRequiredRedisClient(),
				new JedisSpans(this.tracers, this.endpoint));
		connection.setConvertPipelineAndTxResults(getConvertPipelineAndTxResults());
		return connection;
	}

}
