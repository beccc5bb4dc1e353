package io.hindspan.rabbit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of RabbitMQ.
 *
 * @param enabled whether every RabbitTemplate and listener container is observed and its
 * spans follow the OpenTelemetry conventions
 */
@ConfigurationProperties("hindspan.rabbit")
record RabbitTracingProperties(@DefaultValue("true") boolean enabled) {

}
