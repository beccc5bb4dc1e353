package io.hindspan.redis;

import java.util.Locale;

import redis.clients.jedis.CommandObject;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Sends each command in a span, from the wait for a connection to the reply.
 */
final class TracedCommandExecutor implements CommandExecutor {

	private final CommandExecutor executor;

	private final JedisSpans spans;

	TracedCommandExecutor(CommandExecutor executor, JedisSpans spans) {
		this.executor = executor;
		this.spans = spans;
	}

	@Override
	public <T> T executeCommand(CommandObject<T> command) {
		return this.spans.run(name(command), () -> this.executor.executeCommand(command));
	}

	@Override
	public <T> T broadcastCommand(CommandObject<T> command) {
		return this.spans.run(name(command), () -> this.executor.broadcastCommand(command));
	}

	private static String name(CommandObject<?> command) {
		return SafeEncoder.encode(command.getArguments().getCommand().getRaw()).toUpperCase(Locale.ROOT);
	}

	@Override
	public void close() throws Exception {
		this.executor.close();
	}

}
