package io.hindspan.jdbc;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of SQL statements.
 *
 * @param enabled whether the statements of every DataSource bean are traced
 * @param queryText whether the span of a statement carries its text, in which every value
 * is replaced by a question mark
 * @param acquireThreshold how long a connection must have been waited for to be a span of
 * its own; one that could not be had always is
 * @param sqlComment what a comment at the end of each statement tells the database
 */
@ConfigurationProperties("hindspan.jdbc")
record JdbcTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean queryText,
		@DefaultValue("1ms") Duration acquireThreshold, @DefaultValue("static") SqlComment sqlComment) {

	JdbcTracingProperties {
		if (acquireThreshold.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("hindspan.jdbc.acquire-threshold", acquireThreshold,
					"It must not be negative; 0 shows every wait.");
		}
	}

}
