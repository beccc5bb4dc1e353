package io.hindspan.redis;

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

	private static final String CANCELLED = "cancelled";

	private static final String PEER_NAME = "net.peer.name";

	private static final String PEER_ADDRESS = "net.sock.peer.addr";

	private static final String PEER_PORT = "net.sock.peer.port";

	/** The key-values of Lettuce's own convention, all said by attributes. */
	private static final Set<String> COVERED = Set.of("db.system", "db.operation", "lettuce.command.error",
			"net.transport", PEER_NAME, "net.peer.port", PEER_ADDRESS, PEER_PORT, "error");

	@Override
	public Class<LettuceObservationContext> contextType() {
		return LettuceObservationContext.class;
	}

	@Override
	public boolean leavesOut(LettuceObservationContext context, Span parent) {
		return !parent.getSpanContext().isValid() && context.hasCommand()
				&& context.getRequiredCommand().getType() instanceof CommandType type
				&& RedisSpan.isHousekeeping(type.toString());
	}

	@Override
	public String instrumentationScope() {
		return RedisSpan.SCOPE;
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
		return context.hasCommand() ? context.getRequiredCommand().getType().toString() : RedisSpan.SYSTEM;
	}

	@Override
	public void attributesAtStart(LettuceObservationContext context, SpanAttributes attributes) {
		attributes.put(RedisAttributes.SYSTEM, RedisSpan.SYSTEM);
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
			attributes.put(RedisAttributes.RESPONSE_STATUS, RedisSpan.errorPrefix(reply));
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
			String prefix = RedisSpan.errorPrefix(reply);
			return SpanOutcome.failed((prefix != null) ? prefix : RedisSpan.OTHER_ERROR, null);
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

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
