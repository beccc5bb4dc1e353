package io.hindspan.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.opentelemetry.context.Context;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.util.function.SingletonSupplier;

/**
 * Calls its listeners in a span for each message.
 */
final class TracedMessageListenerContainer extends RedisMessageListenerContainer {

	private final SingletonSupplier<ProcessSpans> spans;

	TracedMessageListenerContainer(ObjectProvider<ProcessSpans> spans) {
		this.spans = SingletonSupplier.of(spans::getObject);
	}

	@Override
	protected void processMessage(MessageListener listener, Message message, byte[] source) {
		super.processMessage((received, pattern) -> process(listener, received, source), message, source);
	}

	/**
	 * A channel that matched a pattern is not told: there may be one for each user, or
	 * for each key that has expired.
	 */
	private void process(MessageListener listener, Message message, byte[] source) {
		String destination = new String(source, StandardCharsets.UTF_8);
		boolean channel = Arrays.equals(source, message.getChannel());
		this.spans.obtain()
			.run(Context.root(), destination,
					(attributes) -> attributes
						.put(channel ? MessageAttributes.DESTINATION : MessageAttributes.TEMPLATE, destination)
						.put(MessageAttributes.BODY_SIZE, message.getBody().length),
					() -> listener.onMessage(message, source));
	}

}
