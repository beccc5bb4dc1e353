package io.hindspan.outbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of outboxes.
 *
 * @param enabled whether what is written into an outbox keeps its trace
 * @param maxLength how many characters the context of a row may have, the length of the
 * column that it is stored in; baggage and the state of vendors are left out where they
 * do not fit
 */
@ConfigurationProperties("hindspan.outbox")
record OutboxTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("255") int maxLength) {

	/** As much as a {@code traceparent} takes. */
	private static final int MIN_LENGTH = 80;

	OutboxTracingProperties {
		if (maxLength < MIN_LENGTH) {
			throw new InvalidConfigurationPropertyValueException("hindspan.outbox.max-length", maxLength,
					"It must be at least " + MIN_LENGTH + ", which a traceparent takes.");
		}
	}

}
