package io.hindspan.neo4j;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of Cypher queries.
 *
 * @param enabled whether the observations of the Neo4j driver become spans of queries;
 * without, they are traced under the driver's own names
 * @param queryText whether the span of a query carries its text, in which every value is
 * replaced by a question mark
 * @param acquireThreshold how long a connection must have been waited for to be a span of
 * its own; one that could not be had always is
 */
@ConfigurationProperties("hindspan.neo4j")
record Neo4jTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean queryText,
		@DefaultValue("1ms") Duration acquireThreshold) {

	Neo4jTracingProperties {
		if (acquireThreshold.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("hindspan.neo4j.acquire-threshold", acquireThreshold,
					"It must not be negative; 0 shows every wait.");
		}
	}

}
