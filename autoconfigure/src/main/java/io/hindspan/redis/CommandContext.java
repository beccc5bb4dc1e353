package io.hindspan.redis;

import io.lettuce.core.tracing.LettuceObservationContext;
import io.opentelemetry.context.Context;

import io.hindspan.span.StartedForCaller;

/**
 * The observation's context of a command that Hindspan's own tracing observes.
 */
final class CommandContext extends LettuceObservationContext implements StartedForCaller {

	private final Context callersContext;

	private final RedisEndpoint redisEndpoint;

	CommandContext(RedisEndpoint endpoint, Context callersContext) {
		super("Redis");
		setEndpoint(endpoint);
		this.redisEndpoint = endpoint;
		this.callersContext = callersContext;
	}

	RedisEndpoint redisEndpoint() {
		return this.redisEndpoint;
	}

	@Override
	public Context callersContext() {
		return this.callersContext;
	}

}
