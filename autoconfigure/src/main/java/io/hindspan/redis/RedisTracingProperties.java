package io.hindspan.redis;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Redis.
 *
 * @param enabled whether commands are described by the OpenTelemetry conventions,
 * connections that were made by hand are traced, and messages that listener containers
 * handle have spans
 */
@ConfigurationProperties("hindspan.redis")
record RedisTracingProperties(@DefaultValue("true") boolean enabled) {

}
