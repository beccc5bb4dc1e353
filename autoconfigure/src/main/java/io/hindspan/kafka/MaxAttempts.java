package io.hindspan.kafka;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.FailedRecordProcessor;
import org.springframework.kafka.listener.SeekUtils;
import org.springframework.kafka.retrytopic.DestinationTopic;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Finds out how often a record is tried at the most. Spring Kafka tells nobody: where its
 * fields are others, the number is not known.
 */
final class MaxAttempts {

	static final String TRACKER_FIELD = "failureTracker";

	static final String BACK_OFF_FIELD = "backOff";

	static final String FUNCTION_FIELD = "userBackOffFunction";

	static final String PROPERTIES_FIELD = "properties";

	static final String MAX_ATTEMPTS_FIELD = "maxAttempts";

	private MaxAttempts() {
	}

	/**
	 * The number of attempts of an error handler or rollback processor.
	 * @param handler the handler, or {@code null} for the container's default
	 * @return the number, 0 if not known or unlimited
	 */
	static long of(@Nullable Object handler) {
		if (handler == null) {
			return of(SeekUtils.DEFAULT_BACK_OFF);
		}
		if (!(handler instanceof FailedRecordProcessor) || !isOfSpring(read(handler, FUNCTION_FIELD))) {
			return 0;
		}
		Object tracker = read(handler, TRACKER_FIELD);
		return (tracker != null && read(tracker, BACK_OFF_FIELD) instanceof BackOff backOff) ? of(backOff) : 0;
	}

	/**
	 * The number of attempts of a listener with retry topics.
	 * @param topic one of its topics
	 * @return the number, 0 if not known or unlimited
	 */
	static long of(DestinationTopic topic) {
		Object properties = read(topic, PROPERTIES_FIELD);
		Object number = (properties != null) ? read(properties, MAX_ATTEMPTS_FIELD) : null;
		return (number instanceof Integer attempts && attempts > 0 && attempts < Integer.MAX_VALUE) ? attempts : 0;
	}

	private static long of(BackOff backOff) {
		long retries = (backOff instanceof FixedBackOff fixed) ? fixed.getMaxAttempts()
				: (backOff instanceof ExponentialBackOff exponential) ? exponential.getMaxAttempts() : Long.MAX_VALUE;
		return (retries >= 0 && retries < Integer.MAX_VALUE) ? retries + 1 : 0;
	}

	/**
	 * Whether this function, which may choose another back-off for each exception, is
	 * only the one that chooses none.
	 */
	private static boolean isOfSpring(@Nullable Object function) {
		return function != null && function.getClass().getName().startsWith(FailedRecordProcessor.class.getName());
	}

	private static @Nullable Object read(Object target, String name) {
		try {
			Field field = ReflectionUtils.findField(target.getClass(), name);
			if (field == null) {
				return null;
			}
			field.setAccessible(true);
			return field.get(target);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

}
