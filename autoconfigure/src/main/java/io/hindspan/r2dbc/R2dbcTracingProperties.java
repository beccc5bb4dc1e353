package io.hindspan.r2dbc;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of SQL statements by R2DBC.
 *
 * @param enabled whether the statements of every ConnectionFactory bean are traced
 * @param queryText whether the span of a statement carries its text, in which every value
 * is replaced by a question mark
 * @param acquireThreshold how long a connection must have been waited for to be a span of
 * its own; one that could not be had always is
 */
@ConfigurationProperties("hindspan.r2dbc")
record R2dbcTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean queryText,
		@DefaultValue("1ms") Duration acquireThreshold) {

	R2dbcTracingProperties {
		if (acquireThreshold.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("hindspan.r2dbc.acquire-threshold", acquireThreshold,
					"It must not be negative; 0 shows every wait.");
		}
	}

}
