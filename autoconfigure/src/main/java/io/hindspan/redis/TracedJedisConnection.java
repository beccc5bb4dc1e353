package io.hindspan.redis;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.jedis.JedisConnection;
import redis.clients.jedis.UnifiedJedis;

/**
 * Has a span for what is sent at once: a pipeline or a transaction.
 */
final class TracedJedisConnection extends JedisConnection {

	private final JedisSpans spans;

	TracedJedisConnection(UnifiedJedis client, JedisSpans spans) {
		super(client);
		this.spans = spans;
	}

	@Override
	public List<@Nullable Object> closePipeline() {
		return isPipelined() ? this.spans.run("PIPELINE", super::closePipeline) : super.closePipeline();
	}

	@Override
	public List<@Nullable Object> exec() {
		return isQueueing() ? this.spans.run("EXEC", super::exec) : super.exec();
	}

}
