package io.hindspan.redis;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Redis commands.
 *
 * @param enabled whether commands are described by the OpenTelemetry conventions and
 * connections that were made by hand are traced
 */
@ConfigurationProperties("hindspan.redis")
record RedisTracingProperties(@DefaultValue("true") boolean enabled) {

}
