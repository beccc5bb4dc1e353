package io.hindspan.kafka;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Kafka.
 *
 * @param enabled whether every KafkaTemplate and listener container is observed and its
 * spans follow the OpenTelemetry conventions
 */
@ConfigurationProperties("hindspan.kafka")
record KafkaTracingProperties(@DefaultValue("true") boolean enabled) {

}
