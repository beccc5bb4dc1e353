package io.hindspan.kafka;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.kafka.listener.FailedRecordProcessor;
import org.springframework.kafka.retrytopic.DestinationTopic;

/**
 * What {@link MaxAttempts} reads by reflection.
 */
final class KafkaRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerType(FailedRecordProcessor.class,
					(type) -> type.withField(MaxAttempts.TRACKER_FIELD).withField(MaxAttempts.FUNCTION_FIELD))
			.registerType(TypeReference.of("org.springframework.kafka.listener.FailedRecordTracker"),
					(type) -> type.withField(MaxAttempts.BACK_OFF_FIELD))
			.registerType(DestinationTopic.class, (type) -> type.withField(MaxAttempts.PROPERTIES_FIELD))
			.registerType(DestinationTopic.Properties.class, (type) -> type.withField(MaxAttempts.MAX_ATTEMPTS_FIELD));
	}

}
