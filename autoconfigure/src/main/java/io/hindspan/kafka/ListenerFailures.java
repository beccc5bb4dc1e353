package io.hindspan.kafka;

import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.KafkaBackoffException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;

/**
 * Tells what is behind the exceptions of a container.
 */
final class ListenerFailures {

	private static final int CAUSES_LOOKED_AT = 16;

	private ListenerFailures() {
	}

	/**
	 * What the listener threw, not the container's wrapping of it.
	 * @param failure the container's exception
	 * @return the listener's exception
	 */
	static Throwable thrownByListener(Throwable failure) {
		Throwable thrown = failure;
		while (thrown instanceof ListenerExecutionFailedException && thrown.getCause() != null) {
			thrown = thrown.getCause();
		}
		return thrown;
	}

	/**
	 * Whether the record was only delivered before its time, and not even tried.
	 * @param failure the container's exception
	 * @return {@code true} for the back-off of a retry topic
	 */
	static boolean isBackOff(Throwable failure) {
		return find(failure, KafkaBackoffException.class) != null;
	}

	/**
	 * Finds an exception among the causes of another.
	 * @param failure the exception to begin with
	 * @param type the type
	 * @param <T> the type
	 * @return the first of this type, or {@code null} if there is none
	 */
	static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < CAUSES_LOOKED_AT; depth++) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
			cause = cause.getCause();
		}
		return null;
	}

}
