package io.hindspan.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of requests that the application answers.
 *
 * @param enabled whether requests are described by the OpenTelemetry conventions and
 * responses tell their trace
 * @param traceIdHeader the response header that carries the trace id; empty for none
 * @param traceResponse whether responses carry a traceresponse header
 */
@ConfigurationProperties("hindspan.web")
record WebTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("X-Trace-Id") String traceIdHeader,
		@DefaultValue("true") boolean traceResponse) {

}
