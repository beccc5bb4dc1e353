package io.hindspan.httpclient;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of HTTP requests that the application makes.
 *
 * @param enabled whether requests are described by the OpenTelemetry conventions and
 * clients that were made by hand are traced
 */
@ConfigurationProperties("hindspan.httpclient")
record HttpClientTracingProperties(@DefaultValue("true") boolean enabled) {

}
