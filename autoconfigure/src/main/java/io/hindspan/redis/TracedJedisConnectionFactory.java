package io.hindspan.redis;

import java.util.function.Supplier;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;

import io.hindspan.span.InstrumentationTracer;

/**
 * Traces each client that it makes, also after it was stopped and started again.
 */
final class TracedJedisConnectionFactory extends JedisConnectionFactory {

	private final Supplier<InstrumentationTracer> tracer;

	private volatile JedisSpans spans;

	TracedJedisConnectionFactory(JedisClientConfiguration configuration, Supplier<InstrumentationTracer> tracer) {
		super(new RedisStandaloneConfiguration(), configuration);
		this.tracer = tracer;
		this.spans = new JedisSpans(tracer, new JedisEndpoint(null, null, null));
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
			this.spans = new JedisSpans(this.tracer, known);
			return this.spans;
		});
		return client;
	}

	@Override
	public RedisConnection getConnection() {
		if (!isRunning() || isRedisClusterAware() || !isUseUnifiedJedis()) {
			return super.getConnection();
		}
		TracedJedisConnection connection = new TracedJedisConnection(getRequiredRedisClient(), this.spans);
		connection.setConvertPipelineAndTxResults(getConvertPipelineAndTxResults());
		return connection;
	}

}
