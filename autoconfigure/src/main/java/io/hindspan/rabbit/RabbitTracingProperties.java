package io.hindspan.rabbit;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of RabbitMQ.
 *
 * @param enabled whether every RabbitTemplate and listener container is observed and its
 * spans follow the OpenTelemetry conventions
 * @param maxAttemptsInTrace how many attempts to process a message are in its trace; each
 * one beyond begins a trace of its own, linked to it; 0 for all
 * @param maxAgeInTrace how long after a message failed first further attempts to process
 * it are in its trace; each later one begins a trace of its own, linked to it; 0 for ever
 */
@ConfigurationProperties("hindspan.rabbit")
record RabbitTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("100") int maxAttemptsInTrace,
		@DefaultValue("1h") Duration maxAgeInTrace) {

	RabbitTracingProperties {
		if (maxAttemptsInTrace < 0) {
			throw new InvalidConfigurationPropertyValueException("hindspan.rabbit.max-attempts-in-trace",
					maxAttemptsInTrace, "It must not be negative; 0 keeps all attempts in the trace.");
		}
		if (maxAgeInTrace.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("hindspan.rabbit.max-age-in-trace", maxAgeInTrace,
					"It must not be negative; 0 keeps all attempts in the trace.");
		}
	}

}
