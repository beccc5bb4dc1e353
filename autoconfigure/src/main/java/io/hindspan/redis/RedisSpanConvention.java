package io.hindspan.redis;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.tracing.LettuceObservationContext;
import io.micrometer.common.KeyValue;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes Redis commands, also those that a tracing of the application's own observes.
 */
final class RedisSpanConvention implements SpanConvention<LettuceObservationContext> {

	static final String SCOPE = "io.hindspan.redis";

	private static final String REDIS = "redis";

	private static final String OTHER = "_OTHER";

	private static final String CANCELLED = "cancelled";

	private static final String PEER_NAME = "net.peer.name";

	private static final String PEER_ADDRESS = "net.sock.peer.addr";

	private static final String PEER_PORT = "net.sock.peer.port";

	/** The key-values of Lettuce's own convention, all said by attributes. */
	private static final Set<String> COVERED = Set.of("db.system", "db.operation", "lettuce.command.error",
			"net.transport", PEER_NAME, "net.peer.port", PEER_ADDRESS, PEER_PORT, "error");

	/**
	 * Commands that are no work by themselves: those that connections send to keep
	 * themselves in order, subscriptions, and waiting for something to do.
	 */
	private static final Set<CommandType> HOUSEKEEPING = EnumSet.of(CommandType.AUTH, CommandType.HELLO,
			CommandType.CLIENT, CommandType.SELECT, CommandType.PING, CommandType.QUIT, CommandType.READONLY,
			CommandType.READWRITE, CommandType.ASKING, CommandType.CLUSTER, CommandType.INFO, CommandType.ROLE,
			CommandType.COMMAND, CommandType.SENTINEL, CommandType.SUBSCRIBE, CommandType.PSUBSCRIBE,
			CommandType.SSUBSCRIBE, CommandType.UNSUBSCRIBE, CommandType.PUNSUBSCRIBE, CommandType.SUNSUBSCRIBE,
			CommandType.BLMOVE, CommandType.BLMPOP, CommandType.BLPOP, CommandType.BRPOP, CommandType.BRPOPLPUSH,
			CommandType.BZMPOP, CommandType.BZPOPMIN, CommandType.BZPOPMAX, CommandType.XREAD, CommandType.XREADGROUP,
			CommandType.WAIT);

	@Override
	public Class<LettuceObservationContext> contextType() {
		return LettuceObservationContext.class;
	}

	@Override
	public boolean leavesOut(LettuceObservationContext context, Span parent) {
		return !parent.getSpanContext().isValid() && context.hasCommand()
				&& context.getRequiredCommand().getType() instanceof CommandType type && HOUSEKEEPING.contains(type);
	}

	@Override
	public String instrumentationScope() {
		return SCOPE;
	}

	@Override
	public SpanKind kind(LettuceObservationContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(LettuceObservationContext context) {
		return operation(context);
	}

	private String operation(LettuceObservationContext context) {
		return context.hasCommand() ? context.getRequiredCommand().getType().toString() : REDIS;
	}

	@Override
	public void attributesAtStart(LettuceObservationContext context, SpanAttributes attributes) {
		attributes.put(RedisAttributes.SYSTEM, REDIS);
		attributes.put(RedisAttributes.OPERATION, operation(context));
		if (context instanceof CommandContext command) {
			RedisEndpoint endpoint = command.redisEndpoint();
			attributes.put(RedisAttributes.DATABASE, endpoint.database());
			attributes.put(RedisAttributes.SERVER_ADDRESS, endpoint.host());
			attributes.put(RedisAttributes.PEER_ADDRESS, endpoint.address());
			attributes.put(RedisAttributes.SERVER_PORT, endpoint.port());
			attributes.put(RedisAttributes.PEER_PORT, endpoint.port());
		}
	}

	@Override
	public void attributesAtEnd(LettuceObservationContext context, SpanAttributes attributes) {
		if (!(context instanceof CommandContext)) {
			KeyValue name = context.getLowCardinalityKeyValue(PEER_NAME);
			KeyValue address = context.getLowCardinalityKeyValue(PEER_ADDRESS);
			KeyValue server = (address != null) ? address : name;
			attributes.put(RedisAttributes.SERVER_ADDRESS, (server != null) ? server.getValue() : null);
			attributes.put(RedisAttributes.SERVER_PORT, port(context.getLowCardinalityKeyValue(PEER_PORT)));
		}
		String reply = errorReply(context);
		if (reply != null) {
			attributes.put(RedisAttributes.RESPONSE_STATUS, prefix(reply));
		}
	}

	private @Nullable Long port(@Nullable KeyValue port) {
		try {
			return (port != null) ? Long.valueOf(port.getValue()) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Tells the type of the error but not the exception: that one is the caller's, who is
	 * woken before the command ends here, and whose span has it.
	 */
	@Override
	public SpanOutcome outcome(LettuceObservationContext context) {
		String reply = errorReply(context);
		if (reply != null) {
			String prefix = prefix(reply);
			return SpanOutcome.failed((prefix != null) ? prefix : OTHER, null);
		}
		Throwable error = context.getError();
		if (error == null) {
			return SpanOutcome.unset();
		}
		return SpanOutcome.failed((error instanceof CancellationException) ? CANCELLED : error.getClass().getName(),
				null);
	}

	private @Nullable String errorReply(LettuceObservationContext context) {
		CommandOutput<?, ?, ?> output = context.hasCommand() ? context.getRequiredCommand().getOutput() : null;
		return (output != null) ? output.getError() : null;
	}

	/**
	 * The word in capitals that an error reply begins with. What a script replies may
	 * begin with anything.
	 */
	private @Nullable String prefix(String reply) {
		int space = reply.indexOf(' ');
		String prefix = (space >= 0) ? reply.substring(0, space) : reply;
		for (int i = 0; i < prefix.length(); i++) {
			char c = prefix.charAt(i);
			if ((c < 'A' || c > 'Z') && c != '_') {
				return null;
			}
		}
		return prefix.isEmpty() ? null : prefix;
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
