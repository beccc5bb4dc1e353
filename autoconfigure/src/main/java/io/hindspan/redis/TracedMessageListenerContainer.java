package io.hindspan.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

import io.opentelemetry.context.Context;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.OpenSpan;

/**
 * Calls its listeners in a span for each message.
 */
final class TracedMessageListenerContainer extends RedisMessageListenerContainer {

	private final FaultGuard guard = new FaultGuard("a message of Redis");

	private final Supplier<ProcessSpans> spans;

	TracedMessageListenerContainer(Supplier<ProcessSpans> spans) {
		this.spans = spans;
	}

	@Override
	protected void processMessage(MessageListener listener, Message message, byte[] source) {
		super.processMessage((received, pattern) -> OpenSpan.run(this.guard, () -> open(received, source), () -> {
			listener.onMessage(received, source);
			return null;
		}), message, source);
	}

	/**
	 * A channel that matched a pattern is not told: there may be one for each user, or
	 * for each key that has expired.
	 */
	private OpenSpan open(Message message, byte[] source) {
		String destination = new String(source, StandardCharsets.UTF_8);
		boolean channel = Arrays.equals(source, message.getChannel());
		return this.spans.get()
			.open(Context.root(), destination,
					(attributes) -> attributes
						.put(channel ? MessageAttributes.DESTINATION : MessageAttributes.TEMPLATE, destination)
						.put(MessageAttributes.BODY_SIZE, message.getBody().length));
	}

}
