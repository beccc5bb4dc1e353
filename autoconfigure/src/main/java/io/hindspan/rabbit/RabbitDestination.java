package io.hindspan.rabbit;

import org.jspecify.annotations.Nullable;

/**
 * The name of a destination: exchange, routing key and, for a delivery, queue, as far as
 * they say anything. Of low cardinality: a queue whose name the broker or the library
 * made up, and an id within a routing key, are told by what they are.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/">RabbitMQ
 * spans</a>
 */
final class RabbitDestination {

	static final String TEMPORARY = "(temporary)";

	private static final String DEFAULT_EXCHANGE = "amq.default";

	private static final int UUID_LENGTH = 36;

	private static final int HEXADECIMAL_ID_LENGTH = 16;

	private RabbitDestination() {
	}

	static String ofSend(String exchange, String routingKey) {
		if (exchange.isEmpty()) {
			return routingKey.isEmpty() ? DEFAULT_EXCHANGE : queue(routingKey);
		}
		return routingKey.isEmpty() ? exchange : exchange + ':' + pattern(routingKey);
	}

	static String ofDelivery(@Nullable String exchange, @Nullable String routingKey, @Nullable String queue) {
		if (queue == null || queue.isEmpty()) {
			return ofSend((exchange != null) ? exchange : "", (routingKey != null) ? routingKey : "");
		}
		if (exchange == null || exchange.isEmpty()) {
			return queue(queue);
		}
		if (routingKey == null || routingKey.isEmpty() || routingKey.equals(queue)) {
			return exchange + ':' + queue(queue);
		}
		return exchange + ':' + pattern(routingKey) + ':' + queue(queue);
	}

	/**
	 * Whether a queue's name was made up for one connection: by the broker, by
	 * {@code AnonymousQueue}, or for replies.
	 */
	static boolean isTemporary(String queue) {
		return queue.startsWith("amq.gen-") || queue.startsWith("amq.rabbitmq.") || queue.startsWith("spring.gen-")
				|| (queue.length() == UUID_LENGTH && isId(queue, 0, UUID_LENGTH));
	}

	private static String queue(String queue) {
		return isTemporary(queue) ? TEMPORARY : queue;
	}

	/**
	 * The routing key with {@code *}, as in a binding, for each word that is an id.
	 */
	private static String pattern(String routingKey) {
		StringBuilder pattern = null;
		int start = 0;
		while (start <= routingKey.length()) {
			int end = routingKey.indexOf('.', start);
			if (end < 0) {
				end = routingKey.length();
			}
			if (isId(routingKey, start, end)) {
				if (pattern == null) {
					pattern = new StringBuilder(routingKey.length()).append(routingKey, 0, start);
				}
				pattern.append('*');
			}
			else if (pattern != null) {
				pattern.append(routingKey, start, end);
			}
			if (pattern != null && end < routingKey.length()) {
				pattern.append('.');
			}
			start = end + 1;
		}
		return (pattern != null) ? pattern.toString() : routingKey;
	}

	/**
	 * Whether a word is a number or a long hexadecimal text with or without hyphens.
	 */
	private static boolean isId(String text, int start, int end) {
		int digits = 0;
		for (int i = start; i < end; i++) {
			char character = text.charAt(i);
			if (character >= '0' && character <= '9') {
				digits++;
			}
			else if (character != '-' && !(character >= 'a' && character <= 'f')
					&& !(character >= 'A' && character <= 'F')) {
				return false;
			}
		}
		return digits > 0 && (digits == end - start || end - start >= HEXADECIMAL_ID_LENGTH);
	}

}
